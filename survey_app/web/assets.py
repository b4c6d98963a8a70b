"""Styles and scripts of staff pages: files that ship with a room, under a name that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from flask import Blueprint, Flask, Response, abort, current_app

from survey_app.web.shell import ROOMS_WITH_PAGES, accepts_gzip

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, plain and compressed, and its address."""

    address: str
    content: bytes
    compressed: bytes
    content_type: str


def install_assets(app: Flask) -> None:
    """Read every `assets/` folder once and give templates `asset("room/file.css")`, its address."""
    assets = {name: _asset(name, content) for name, content in _shipped()}
    app.extensions["survey_app.assets"] = {asset.address: asset for asset in assets.values()}

    def asset(name: str) -> str:
        return assets[name].address

    app.jinja_env.globals["asset"] = asset
    app.register_blueprint(blueprint)


def _shipped() -> list[tuple[str, bytes]]:
    found = []
    for room in ROOMS_WITH_PAGES:
        folder = files("survey_app") / room / "assets"
        if folder.is_dir():
            found += [
                (f"{room}/{file.name}", file.read_bytes())
                for file in folder.iterdir()
                if file.name.rpartition(".")[2] in TYPES
            ]
    return found


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    kind = TYPES[name.rpartition(".")[2]]
    return Asset(f"/assets/{digest}/{name}", content, gzip.compress(content, 9, mtime=0), kind)


@blueprint.get("/assets/<path:name>")
def show_asset(name: str) -> Response:
    """Serve a style or script of staff pages; its address names its content, so browsers keep it for good."""
    asset: Asset | None = current_app.extensions["survey_app.assets"].get(f"/assets/{name}")
    if asset is None:
        abort(404)
    packed = accepts_gzip()
    response = Response(asset.compressed if packed else asset.content, content_type=asset.content_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
