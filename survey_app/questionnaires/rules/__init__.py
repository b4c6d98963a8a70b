"""What a questionnaire is, pure: its parts, the items it stores, the respondent's path, its index recipe."""

from survey_app.questionnaires.rules.building import build, canonical_json, content_hash
from survey_app.questionnaires.rules.form import (
    TYPE_KEYS,
    Condition,
    Item,
    ItemKind,
    MissingCode,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Row,
    Section,
)
from survey_app.questionnaires.rules.page_names import RESERVED_IDS
from survey_app.questionnaires.rules.path import on_path
from survey_app.questionnaires.rules.recipe import (
    Aggregation,
    Alternative,
    BlankRule,
    Content,
    Criterion,
    Factor,
    Level,
    MissingWeight,
    Node,
    Recipe,
    ScoreMethod,
    alternative,
    nodes,
)
from survey_app.questionnaires.rules.text import Text

__all__ = [
    "RESERVED_IDS",
    "TYPE_KEYS",
    "Aggregation",
    "Alternative",
    "BlankRule",
    "Condition",
    "Content",
    "Criterion",
    "Factor",
    "Item",
    "ItemKind",
    "Level",
    "MissingCode",
    "MissingWeight",
    "Node",
    "Option",
    "Question",
    "QuestionType",
    "Questionnaire",
    "Recipe",
    "Row",
    "ScoreMethod",
    "Section",
    "Text",
    "alternative",
    "build",
    "canonical_json",
    "content_hash",
    "nodes",
    "on_path",
]
