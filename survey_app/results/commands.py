"""`survey-app results …`: compute, look at and publish indices."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import click
from flask import current_app
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import CampaignView, campaign_by_code, list_campaigns
from survey_app.foundation import clock
from survey_app.foundation.database import read, write
from survey_app.foundation.languages import current_language
from survey_app.questionnaires.rules import Aggregation, BlankRule, ScoreMethod
from survey_app.results.documents.weighting import design_words
from survey_app.results.operations import publish_run, store_run
from survey_app.results.queries import runs
from survey_app.results.queries.publication import prepare
from survey_app.results.rules.document import with_run
from survey_app.results.rules.lonely import LonelyRule


@click.group()
def results() -> None:
    """Compute and publish indices with their confidence intervals."""


def _choice(kind: type[ScoreMethod] | type[Aggregation] | type[BlankRule]) -> click.Choice[str]:
    return click.Choice([member.value for member in kind])


@results.command("run")
@click.option("--campaign", "code", required=True, help="Code of the campaign.")
@click.option("--score", type=_choice(ScoreMethod), help="Instead of the recipe's score method.")
@click.option("--aggregation", type=_choice(Aggregation), help="Instead of the recipe's aggregation.")
@click.option("--blanks", type=_choice(BlankRule), help="Instead of the recipe's treatment of blanks.")
@click.option(
    "--weights", metavar="NAME", help="A weight set; else responses keep the weights they came with."
)
@click.option(
    "--lonely-psu",
    type=click.Choice(get_args(LonelyRule)),
    default="fail",
    show_default=True,
    help="What to do with a stratum of which one sampling unit is left.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the complete result as canonical JSON.")
def run_index(
    *,
    code: str,
    score: str | None,
    aggregation: str | None,
    blanks: str | None,
    weights: str | None,
    lonely_psu: LonelyRule,
    as_json: bool,
) -> None:
    """Compute the index of a campaign and store the run.

    The same responses and the same recipe give the same run and the same bytes. The output is complete and
    meant for the operator: figures on fewer than 10 responses are left out only when a run is published.
    """
    from survey_app.results.queries.figures import Choices, compute  # noqa: PLC0415  (numerical libraries)

    choices = Choices(
        score=ScoreMethod(score) if score else None,
        aggregation=Aggregation(aggregation) if aggregation else None,
        blanks=BlankRule(blanks) if blanks else None,
        weights=weights,
        lonely_psu=lonely_psu,
    )
    now = clock.now()
    with read() as session:
        campaign = _campaign(session, code)
        key = current_app.config["SETTINGS"].secret_key
        computation = compute(session, campaign=campaign, choices=choices, key=key)
    run = write(lambda session: store_run(session, computation=computation, now=now))
    if as_json:
        click.echo(with_run(computation.text, run.id))
    else:
        _print_result(json.loads(computation.text))
    click.echo(f"Run {run.id} is {run.state}; publish with: survey-app results publish {run.id}", err=as_json)


@results.command("list")
@click.option("--campaign", "code", help="Only the runs of this campaign.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_runs(code: str | None, as_json: bool) -> None:
    """List stored runs, oldest first."""
    with read() as session:
        campaigns = {one.id: one.code for one in list_campaigns(session, today=clock.local_date(clock.now()))}
        found = runs.listed(session, campaign_id=_campaign(session, code).id if code else None)
    rows = [
        {
            "run": one.id,
            "campaign": campaigns[one.campaign_id],
            "responses": one.responses,
            "state": one.state,
            "created_at": one.created_at.isoformat(),
            "published_at": one.published_at.isoformat() if one.published_at else None,
        }
        for one in found
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo("{run}  {state:<10}  {responses:>8,}  {created_at:.16}  {campaign}".format(**row))
    if not rows:
        click.echo("No run yet. Compute one with: survey-app results run --campaign CODE")


@results.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print the complete result as canonical JSON.")
def show(run: str, as_json: bool) -> None:
    """Print the stored figures of RUN."""
    with read() as session:
        text = runs.result_text(session, run_id=run)
    if as_json:
        click.echo(with_run(text, run))
    else:
        _print_result(json.loads(text))


@results.command()
@click.argument("run")
def publish(run: str) -> None:
    """Make RUN the public result of its campaign; the run published before is superseded.

    What is published differs from every earlier publication by no response or by at least 10. Where fewer are
    new, the earlier figures stay, of the office or of the whole campaign, until there are enough.
    """
    now = clock.now()
    with read() as session:
        publication = prepare(session, run_id=run)
        campaign_id = runs.run(session, run_id=run).campaign_id
        (code,) = [
            one.code for one in list_campaigns(session, today=clock.local_date(now)) if one.id == campaign_id
        ]
    stored = write(lambda session: publish_run(session, run_id=run, now=now, publication=publication))
    click.echo(f"Run {run} is published at /results/{code}")
    if stored.shows != run:
        click.echo(
            "Fewer than 10 responses (or answers to one criterion) are new since an earlier publication: whoever "
            f"kept that page could work them out. So the page keeps the figures of run {stored.shows}. "
            "Compute and publish again when there are 10 more.",
            err=True,
        )
    elif publication.kept_offices:
        click.echo(
            f"{publication.kept_offices} offices keep their earlier figures: too few of their responses are new.",
            err=True,
        )


def _campaign(session: Session, code: str) -> CampaignView:
    campaign = campaign_by_code(session, code, today=clock.local_date(clock.now()))
    if campaign is None:
        raise click.ClickException(
            f"There is no campaign {code!r}. List them with: survey-app campaigns status --all"
        )
    return campaign


def _print_result(result: Mapping[str, Any]) -> None:
    method, population = result["method"], result["population"]
    click.echo(f"{_words(result['campaign'], 'title')} ({result['campaign']['code']})")
    click.echo(f"{_words(population)}. {_words(population, 'statement')}")
    click.echo(
        f"{result['campaign']['questionnaire']}: {method['score']}, {method['aggregation']}, "
        f"{method['blanks']}; {population['responses']:,} responses, "
        f"{population['flagged']['responses']:,} flagged"
    )
    for line in design_words(method) if "sample" in method or "weights" in method else ():
        click.echo(line)
    click.echo(f"\n{'':44}{'index':>8}  {'95 % interval':>15}  {'n':>9}")
    for name, figure in _lines(result):
        click.echo(f"{name:<44.43}{_figure_text(figure)}")
    click.echo()


def _lines(result: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the lines of the table: the tree of the whole campaign, then each office's overall figure."""
    yield "Overall", result["overall"]
    for content in result["contents"]:
        yield f"  {content['id']}  {_words(content)}", content
        for factor in result["factors"]:
            if factor["content"] == content["id"]:
                yield f"    {factor['id']}  {_words(factor)}", factor
                yield from _criteria(result, content["id"], factor["id"])
        yield from _criteria(result, content["id"], None)
    # A run that was stored before these were computed has none.
    used = result.get("instruments", ())
    for one in used if len(used) > 1 else ():
        yield f"  {one['channel']}/{one['instrument']}  {_words(one)}", one["overall"]
    for office in result["offices"]:
        yield _words(office, "name"), office["overall"]


def _criteria(
    result: Mapping[str, Any], content: str, factor: str | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in result["criteria"]:
        if (one["content"], one["factor"]) == (content, factor):
            yield f"      {one['id']}  {_words(one)}", one


def _words(node: Mapping[str, Any], key: str = "label") -> str:
    """Return a wording in the operator's language, which is English unless --lang says otherwise."""
    return str((node[f"{key}_en"] if current_language() == "en" else None) or node[key])


def _figure_text(figure: Mapping[str, Any]) -> str:
    if figure["estimate"] is None:
        return f"{'–':>8}  {'':>15}  {figure['n']:>9,}"
    low, high = figure["ci_low"], figure["ci_high"]
    spread = f"{low:.2f} – {high:.2f}" if low is not None else ""
    return f"{figure['estimate']:8.2f}  {spread:>15}  {figure['n']:>9,}"
