"""Serve a search whose settings a request can override, for itself alone.

    python examples/web.py --port 8000 -D search.boost=1.5
    curl 'localhost:8000/search?q=cat'
    curl 'localhost:8000/search?q=cat' -H 'X-Override: search.algo=v2, search.limit=2'

A header can come from anyone, so it sets nothing but what is named in `OPEN`. Needs starlette and uvicorn.
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
    """Return words that hold the query with their scores, best first.

    Args:
        algo: v1 scores by the share of the word that the query is, v2 by how early it comes.
        limit: how many words at most.
        boost: factor of the scores.
    """
    found = [word for word in WORDS if query in word]
    score = {"v1": lambda word: len(query) / len(word), "v2": lambda word: 1 / (1 + word.index(query))}[algo]
    ranked = sorted(((word, round(boost * score(word), 3)) for word in found), key=lambda pair: -pair[1])
    return ranked[:limit]


class Overrides:
    """Run each request in the scope that its header asks for: plain ASGI, so streams are in it too."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        header = dict(scope["headers"]).get(b"x-override", b"").decode("latin-1")
        answer = self.app
        try:
            asked = hp.scope.empty(*filter(None, map(str.strip, header.split(","))))
            closed = sorted(set(asked) - OPEN)
            if closed:
                answer = refusal(
                    f"{closed[0]!r} cannot be set by a request; open are: {', '.join(sorted(OPEN))}"
                )
            with hp.scope(asked):
                await answer(scope, receive, send)
        except hp.ParamError as error:  # a text that is no override, or a value that does not fit
            await refusal(str(error))(scope, receive, send)


def refusal(text: str) -> JSONResponse:
    """Return the answer to a request that cannot be served as it asks."""
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
