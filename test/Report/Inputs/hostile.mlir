// Names as nobody should give them: HTML, quotes, no UTF-8, control characters.
func.func @main(%arg0: !graph.tensor<4xf32> loc("</script><script>window.hacked = 1</script>"), %arg1: !graph.tensor<4xf32> loc("\" onload=\"window.hacked = 2")) -> !graph.tensor<4xf32> {
  %0 = graph.add %arg0, %arg1 : (!graph.tensor<4xf32>, !graph.tensor<4xf32>) -> !graph.tensor<4xf32> loc("<img src=x onerror='window.hacked=3'>"(fused<"<b>module</b>.\FF\FE.&amp;">["<i>model</i>.py":7:0]))
  %1 = graph.exp %0 : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32> loc("\FF\00\01]]>--!>%/#?&")
  return %1 : !graph.tensor<4xf32> loc("__proto__")
}
