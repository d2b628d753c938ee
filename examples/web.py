"""Serve a search. A request can override its settings, for itself alone.

    python examples/web.py --port 8000 -D search.boost=1.5
    curl 'localhost:8000/search?q=cat'
    curl 'localhost:8000/search?q=cat' -H 'X-Override: search.algo=v2, search.limit=2'

Anyone can send a header, so a header sets only the parameters that are named in `OPEN`.
The program needs starlette and uvicorn.
"""

from typing import Annotated, Any, Literal

import uvicorn
from msgspec import Meta
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import hyperparameter as hp

OPEN = {"search.algo", "search.limit"}
WORDS = ["cat", "category", "concatenate", "dog", "scatter"]


@hp.param("search")
def search(
    query: str,
    /,
    algo: Literal["v1", "v2"] = "v1",
    limit: Annotated[int, Meta(ge=1, le=100)] = 10,
    boost: float = 1.0,
) -> list[tuple[str, float]]:
    """Return the words that contain the query, with their scores, the best first.

    Args:
        algo: v1 scores by the length of the query in the word, v2 by its position in the word.
        limit: largest number of words.
        boost: factor for the scores.
    """
    matches = [word for word in WORDS if query in word]
    score = {"v1": lambda word: len(query) / len(word), "v2": lambda word: 1 / (1 + word.index(query))}[algo]
    ranked = sorted(((word, round(boost * score(word), 3)) for word in matches), key=lambda pair: -pair[1])
    return ranked[:limit]


class Overrides:
    """Run each request in the scope that its header sets.

    This is a plain ASGI application, so the scope lasts until the whole response is sent.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        header = dict(scope["headers"]).get(b"x-override", b"").decode("latin-1")
        app = self.app
        try:
            overrides = hp.scope.empty(*filter(None, map(str.strip, header.split(","))))
            closed = sorted(set(overrides) - OPEN)
            if closed:
                app = refusal(f"{closed[0]!r} cannot be set by a request; these can: {', '.join(sorted(OPEN))}")
            with hp.scope(overrides):
                await app(scope, receive, send)
        except hp.ParamError as error:
            # The header has a text that is not an override, or a value that does not fit.
            await refusal(str(error))(scope, receive, send)


def refusal(text: str) -> JSONResponse:
    """Return the response to a request with wrong overrides."""
    return JSONResponse({"error": text}, status_code=400)


async def answer(request: Request) -> JSONResponse:
    """Answer GET /search?q=…"""
    return JSONResponse(search(request.query_params.get("q", "")))


app = Starlette(routes=[Route("/search", answer)], middleware=[Middleware(Overrides)])


@hp.param("serve")
def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the search.

    Args:
        host: address to listen on.
        port: port to listen on.
    """
    uvicorn.run(app, host=host, port=port, log_level="warning")


if __name__ == "__main__":
    hp.launch(serve)
