module attributes {kernel.stage = "cpu-pack"} {
  func.func @main(%n: index) -> index {
    return %n : index
  }
}
