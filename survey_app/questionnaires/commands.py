"""Commands `survey-app questionnaires ...`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.foundation.languages import current_language
from survey_app.questionnaires import operations, queries
from survey_app.questionnaires.documents.xlsform import write_xlsform
from survey_app.questionnaires.documents.yaml_file import write_yaml
from survey_app.questionnaires.gateway import shipped, shipped_file
from survey_app.questionnaires.gateway.xlsforms import read_xlsform
from survey_app.questionnaires.rules import Question, Questionnaire, Recipe, build, nodes
from survey_app.questionnaires.rules.advice import advise as advice_on
from survey_app.questionnaires.rules.difference import differences
from survey_app.questionnaires.schemas import InvalidQuestionnaire, load
from survey_app.questionnaires.schemas import check as problems_of_file


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


@questionnaires.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["yaml", "xlsx"]),
    default="yaml",
    show_default=True,
    help="File format.",
)
def export(name: str, file: Path, kind: str) -> None:
    """Write the published questionnaire NAME or NAME@VERSION to FILE, as YAML or as an XLSForm."""
    with read() as session:
        version_id = queries.id_by_name(session, name)
        document = queries.document_of(session, version_id)
    if kind == "xlsx":
        file.write_bytes(write_xlsform(document))
    else:
        file.write_text(write_yaml(document), encoding="utf-8")
    click.echo(f"{document['instrument']}@{document['version']} is written to {file}.")


@questionnaires.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The YAML to write.",
)
def import_(file: Path, output: Path) -> None:
    """Turn the XLSForm FILE (.xlsx) into a questionnaire file, and say what could not be mapped.

    What must still be mended is printed like `check` does; exit 1 when there is any.
    """
    reading = read_xlsform(file.read_bytes())
    output.write_text(write_yaml(reading.document), encoding="utf-8")
    click.echo(f"{output} is written.")
    for loss in reading.losses:
        click.echo(f"not mapped: sheet {loss.sheet}, row {loss.row}, {loss.column}: {loss.what} ({loss.why})")
    if problems := problems_of_file(output):
        click.echo("\n".join(map(str, problems)))
        raise SystemExit(1)


@questionnaires.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Compare OLD with NEW (files, or names of published questionnaires) and say where a trend breaks."""
    found = differences(_document(old), _document(new))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        mark = "BREAKS THE TREND" if one.breaks_trend else "trend goes on"
        click.echo(f"{one.path or 'form'}: {one.kind}; {mark}: {one.reason}")
        click.echo(f"  - {one.old}\n  + {one.new}")
    broken = sum(one.breaks_trend for one in found)
    click.echo(f"{len(found)} differences, {broken} of them break a trend.")


def _document(file_or_name: str) -> dict[str, Any]:
    path = Path(file_or_name)
    if path.exists():
        return load(path).document
    with read() as session:
        return queries.document_of(session, queries.id_by_name(session, file_or_name))


@questionnaires.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--seconds", type=click.IntRange(5, 7200), help="Time that people have; default: what it states."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def advise(file: Path, seconds: int | None, as_json: bool) -> None:
    """Print the linter's advice on FILE: double questions, unbalanced scales, length, missing translations."""
    found = advice_on(load(file).document, seconds)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.path or 'form'}: {one.severity}: {one.message}. {one.remedy}.")
    click.echo(f"{len(found)} remarks.")
