"""A bare Flask route behind the very server that the app runs on: what a request costs at least."""

import sys

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.serving import THREADS
from tools.driving.servers import Server


class BareServer(Server):
    """The route as a process of its own; it needs no instance folder."""

    def command_line(self) -> list[str]:
        return [sys.executable, "-m", "benchmarks.bare", str(self.port)]


def bare_app() -> Flask:
    app = Flask("bare", static_folder=None)

    @app.get("/")
    def answer() -> str:
        return "ok"

    return app


def main() -> None:
    Granian(
        "bare",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
    ).serve(target_loader=bare_app, wrap_loader=False)


if __name__ == "__main__":
    main()
