"""Commands `survey-app questionnaires ...`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.foundation.languages import current_language
from survey_app.questionnaires import operations, queries
from survey_app.questionnaires.gateway import shipped, shipped_file
from survey_app.questionnaires.rules import Question, Questionnaire, Recipe, build, nodes
from survey_app.questionnaires.schemas import InvalidQuestionnaire, load


@click.group()
def questionnaires() -> None:
    """Check, publish and show questionnaires."""


@questionnaires.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check FILES (default: all that come with the product); exit 1 when any has a problem.

    Each problem is one line: FILE:LINE: what is wrong. What to do.
    """
    sound = True
    for path in files or shipped():
        try:
            questionnaire = build(load(path).document)
        except InvalidQuestionnaire as error:
            sound = False
            click.echo("\n".join(map(str, error.problems)))
        else:
            click.echo(f"{path}: sound; {_size(questionnaire)}")
    if not sound:
        raise SystemExit(1)


def _size(questionnaire: Questionnaire) -> str:
    parts = (questionnaire.name, f"{len(questionnaire.items)} items", *questionnaire.languages)
    return ", ".join((*parts, f"{questionnaire.seconds} seconds"))


@questionnaires.command()
@click.argument("file_or_name")
def publish(file_or_name: str) -> None:
    """Freeze a version: a file, or NAME or NAME@VERSION of a questionnaire that comes with the product."""
    path = Path(file_or_name)
    if not path.exists():
        path = shipped_file(file_or_name) or path
    try:
        source = load(path)
    except InvalidQuestionnaire as error:
        click.echo("\n".join(map(str, error.problems)))
        raise SystemExit(1) from error
    at = now()
    row = write(lambda session: operations.publish(session, document=source.document, now=at))
    again = "" if row.published_at == at else ", as it has been before"
    click.echo(
        f"{row.instrument}@{row.version} is published{again} (id {row.id}, sha256 {row.content_hash})."
    )


@questionnaires.command()
@click.argument("name")
def retire(name: str) -> None:
    """Take NAME@VERSION out of use for new campaigns; running ones keep it."""
    at = now()
    row = write(lambda session: operations.retire(session, name=name, now=at))
    click.echo(f"{row.instrument}@{row.version} is retired since {row.retired_at:%Y-%m-%dT%H:%M:%SZ}.")


@questionnaires.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List published versions, retired ones too."""
    with read() as session:
        versions = queries.listed(session)
    rows = [
        {
            "id": one.id,
            "instrument": one.instrument,
            "version": one.version,
            "content_hash": one.content_hash,
            "published_at": one.published_at.isoformat(),
            "retired_at": one.retired_at.isoformat() if one.retired_at else None,
        }
        for one in versions
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        retired = f", retired {row['retired_at']}" if row["retired_at"] else ""
        click.echo(f"{row['instrument']}@{row['version']}  published {row['published_at']}{retired}")
    if not rows:
        click.echo("Nothing is published. Run `survey-app questionnaires publish NAME`.")


@questionnaires.command()
@click.argument("name")
@click.option("--language", help="Language of the wording; default: the language of messages.")
def show(name: str, language: str | None) -> None:
    """Show the published questionnaire NAME or NAME@VERSION: questions, answers and index."""
    with read() as session:
        questionnaire = queries.by_name(session, name)
    language = language or current_language()
    if language not in questionnaire.languages:
        raise click.ClickException(
            f"{questionnaire.name} is offered in {', '.join(questionnaire.languages)}."
        )
    click.echo("\n".join(_outline(questionnaire, language)))


def _outline(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    yield f"{questionnaire.title[language]} ({_size(questionnaire)})"
    yield questionnaire.purpose[language]
    yield questionnaire.source[language]
    for section in questionnaire.sections:
        yield f"\n{section.id}. {section.title[language]}"
        for question in section.questions:
            yield from _question_lines(question, language)
    if questionnaire.recipe is not None:
        yield from _recipe_lines(questionnaire.recipe, language)


def _question_lines(question: Question, language: str) -> Iterator[str]:
    required = ", required" if question.required else ""
    yield f"  {question.id} [{question.type}{required}] {question.text[language]}"
    for row in question.rows:
        yield f"      {row.id} {row.text[language]}"
    answers = [f"{option.code} = {option.label[language]}" for option in question.options]
    answers += [f"{code.value} = {code.name.lower()}" for code in question.missing]
    if answers:
        yield f"      ({'; '.join(answers)})"
    for condition in question.show_if:
        yield f"      shown if {condition.item} is {' or '.join(map(str, condition.codes))}"


def _recipe_lines(recipe: Recipe, language: str) -> Iterator[str]:
    yield f"\nIndex: {recipe.score}, {recipe.aggregation}, blanks {recipe.blanks}"
    yield recipe.status_note[language]
    for node in nodes(recipe):
        label = f" {node.label[language]}" if node.label else ""
        yield f"  {node.level} {node.id}{label}"
    for other in recipe.alternatives:
        yield f"  alternative {other.id}: {other.label[language]}"
