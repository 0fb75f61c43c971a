module attributes {kernel.stage = "kernel-to-coffee"} {
}
