"""Drives a headless Chromium over its debugging pipe; needs nothing else.

    with Browser(width=1280, height=900) as browser:
        browser.open((folder / "index.html").as_uri() + "#kernels")
        browser.evaluate("document.title")
        browser.screenshot("kernels.png")
        browser.problems    # errors and warnings of the console, exceptions
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


def find():
    """The program, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    def __init__(self, width=1280, height=900, dark=False):
        self.size, self.dark = (width, height), dark
        self.problems, self.loaded, self.requests = [], False, []
        self.next, self.answers, self.rest = 0, {}, b""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()

        def connect():
            # The browser reads from 3 and writes to 4.
            read, write = os.dup(to_read), os.dup(to_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [find(), "--headless=new", "--remote-debugging-pipe", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--hide-scrollbars",
             f"--user-data-dir={self.folder.name}", "about:blank"],
            close_fds=False, preexec_fn=connect,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.resize(*self.size)
        self.set_dark(self.dark)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        os.close(self.to)
        os.close(self.back)
        self.folder.cleanup()

    session = None

    def call(self, method, **parameters):
        self.next += 1
        message = {"id": self.next, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 90
        while self.next not in self.answers:
            self.receive(deadline)
        answer = self.answers.pop(self.next)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def receive(self, deadline):
        while b"\0" not in self.rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.back, 1 << 20)
            if not data:
                raise RuntimeError("the browser has ended")
            self.rest += data
        text, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(text)
        if "id" in message:
            self.answers[message["id"]] = message
            return
        self.note(message["method"], message.get("params", {}))

    def note(self, event, values):
        if event == "Page.loadEventFired":
            self.loaded = True
        elif event == "Runtime.exceptionThrown":
            details = values["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get(
                "description", details["text"]))
        elif event == "Runtime.consoleAPICalled":
            if values["type"] in ("error", "warning", "assert"):
                self.problems.append(str(values["args"]))
        elif event == "Log.entryAdded":
            self.problems.append(values["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=False)

    def set_dark(self, is_dark):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if is_dark else "light"}])

    def open(self, url):
        self.loaded = False
        self.call("Page.navigate", url="about:blank")
        self.loaded = False
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def wait(self, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                raise TimeoutError(f"never true: {condition}")
            time.sleep(0.03)

    def settled(self, expression, seconds=60):
        """The value of an expression once it is there and stays: not null,
        and the same after the page has had time for two frames."""
        deadline, last = time.monotonic() + seconds, None
        while True:
            value = self.evaluate(expression)
            if value is not None and value == last:
                return value
            if time.monotonic() > deadline:
                raise TimeoutError(f"never settles: {expression}")
            last = value
            self.evaluate("new Promise(done => requestAnimationFrame("
                          "() => requestAnimationFrame(() => setTimeout(done, 30))))")

    def go(self, fragment):
        """Shows the view of a fragment of the page that is open."""
        self.evaluate(f"location.hash = {json.dumps(fragment)}")
        name = fragment.lstrip("#").split("/")[0]
        self.wait(f"document.body.dataset.ready === {json.dumps(name)}")
        self.evaluate("new Promise(done => setTimeout(done, 60))")

    def press(self, key, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      **({"text": text} if text and kind == "keyDown" else {}),
                      windowsVirtualKeyCode={"Enter": 13, "Tab": 9,
                                             "ArrowDown": 40}.get(key, 0))

    def click(self, selector):
        """Clicks where an element is, as a mouse does."""
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center', inline: 'center'});"
            "const b = e.getBoundingClientRect();"
            "return [b.x + b.width / 2, b.y + Math.min(b.height / 2, 14)]; })()")
        self.click_at(*box)

    def click_at(self, x, y, between=None):
        """`between` is evaluated while the button is down."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y,
                      button="left", clickCount=1)
            if between:
                self.evaluate(between)
                between = None

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
