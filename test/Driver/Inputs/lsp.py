"""Talks to a language server as an editor does.

  lsp.py SERVER
"""

import json
import subprocess
import sys

GOOD = """func.func @f(%a: !graph.tensor<4xf32>) -> !graph.tensor<4xf32> {
  %b = graph.neg %a : (!graph.tensor<4xf32>) -> !graph.tensor<4xf32>
  return %b : !graph.tensor<4xf32>
}
"""
BAD = GOOD.replace("-> !graph.tensor<4xf32>\n  return", "-> !graph.tensor<5xf32>\n  return")

server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
numbers = iter(range(1, 100))


def send(method, parameters, number=None):
    message = {"jsonrpc": "2.0", "method": method, "params": parameters}
    if number is not None:
        message["id"] = number
    body = json.dumps(message).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


def receive():
    length = 0
    while (line := server.stdout.readline().strip()):
        name, value = line.split(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(server.stdout.read(length))


def request(method, parameters):
    number = next(numbers)
    send(method, parameters, number)
    while (answer := receive()).get("id") != number:
        pass
    return answer["result"]


def show(name, text):
    """Opens a document; the errors that the server publishes for it."""
    uri = f"file:///{name}"
    send("textDocument/didOpen", {"textDocument": {
        "uri": uri, "languageId": "mlir", "version": 1, "text": text}})
    while (answer := receive()).get("method") != "textDocument/publishDiagnostics":
        pass
    errors = answer["params"]["diagnostics"]
    print(f"errors of {name}: {len(errors)}")
    for error in errors:
        print(f"{error['range']['start']['line']}: {error['message']}".replace("\n", " "))
    return {"uri": uri}


can = request("initialize", {"processId": None, "capabilities": {}, "rootUri": None})
print("initialize:", ", ".join(name for name in ("hover", "definition")
                               if can["capabilities"].get(f"{name}Provider")))
send("initialized", {})
document = show("good.mlir", GOOD)
hover = request("textDocument/hover", {
    "textDocument": document, "position": {"line": 1, "character": 10}})
print("hover:", " ".join(hover["contents"]["value"].split()))
places = request("textDocument/definition", {
    "textDocument": document, "position": {"line": 2, "character": 10}})
print(f"definition: {places[0]['uri'].split('/')[-1]}:{places[0]['range']['start']['line']}")
show("bad.mlir", BAD)
request("shutdown", None)
send("exit", None)
print("exit status:", server.wait(timeout=30))
