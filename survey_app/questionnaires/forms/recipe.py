"""The form of the index: how it is computed, and which questions count in which part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wtforms import DecimalField, SelectChoice, SelectField
from wtforms.validators import NumberRange, Optional

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms.part import PartForm
from survey_app.questionnaires.forms.wordings import wording_fields
from survey_app.questionnaires.rules import Aggregation, BlankRule, ScoreMethod
from survey_app.questionnaires.rules.drafting import scored_items
from survey_app.questionnaires.rules.wording import excerpt

Document = Mapping[str, Any]
NEW = "new"


def score_words() -> dict[str, str]:
    """Return each score method in the reader's words."""
    return {
        ScoreMethod.TOP2BOX: _("Tỷ lệ người trả lời mức 4 và mức 5"),
        ScoreMethod.MEAN_SCALED: _("Điểm trung bình từ 1 đến 5, quy về 0 - 100"),
    }


def aggregation_words() -> dict[str, str]:
    """Return each way to put criteria together in the reader's words."""
    return {
        Aggregation.EQUAL_CRITERIA: _("Trung bình cộng của mọi tiêu chí"),
        Aggregation.MEAN_OF_CONTENTS: _("Trung bình cộng của các nội dung"),
        Aggregation.WEIGHTS: _("Theo trọng số"),
    }


def blank_words() -> dict[str, str]:
    """Return each treatment of blank answers in the reader's words."""
    return {
        BlankRule.DROP_PER_CRITERION: _("Bỏ câu để trống ra khỏi tiêu chí đó"),
        BlankRule.DROP_FORM: _("Bỏ cả phiếu có câu để trống"),
        BlankRule.NOT_SATISFIED: _("Tính câu để trống là không hài lòng"),
    }


class RecipeForm(PartForm):
    """How the index is computed."""

    groups: Mapping[str, tuple[Document, Document | None]] = {}
    items: Mapping[str, str] = {}

    def content(self, present: Any) -> dict[str, Any] | None:
        """Return the recipe; None when no question counts any more."""
        recipe = {key: value for key, value in (present or {}).items() if key != "contents"}
        recipe |= {name: self[name].data for name in ("score", "aggregation", "blanks")}
        recipe["status_note"] = self.words("status_note") or {"vi": _NO_NOTE}
        contents = [made for one in (present or {}).get("contents", ()) if (made := self._content(one))]
        if new := self._criteria(NEW, []):
            label = self.words("label:new") or {"vi": _NEW_CONTENT}
            contents.append({"id": self._free_node(), "label": label, "criteria": new})
        return {**recipe, "contents": contents} if contents else None

    def _content(self, content: Document) -> dict[str, Any] | None:
        made = self._node(content)
        if "factors" not in content:
            made["criteria"] = self._criteria(content["id"], content["criteria"])
            return made if made["criteria"] else None
        factors = [
            self._node(one) | {"criteria": self._criteria(one["id"], one["criteria"])}
            for one in content["factors"]
        ]
        made["factors"] = [one for one in factors if one["criteria"]]
        return made if made["factors"] else None

    def _node(self, node: Document) -> dict[str, Any]:
        made = {
            key: value for key, value in node.items() if key not in ("label", "weight", "criteria", "factors")
        }
        made["label"] = self.words(f"label:{node['id']}") or node["label"]
        return made | self._weight(f"node:{node['id']}")

    def _criteria(self, group: str, present: list[Document]) -> list[dict[str, Any]]:
        before = {one["item"]: one for one in present}
        chosen = [item for item in self.items if self[f"group:{item}"].data == group]
        order = [
            *(item for item in before if item in chosen),
            *(item for item in chosen if item not in before),
        ]
        return [self._criterion(item, before.get(item, self._elsewhere(item))) for item in order]

    def _elsewhere(self, item: str) -> Document:
        """The criterion of an item that stood in another group keeps its label."""
        for group, _content in self.groups.values():
            for one in group.get("criteria", ()):
                if one["item"] == item:
                    return dict(one)
        return {"item": item}

    def _criterion(self, item: str, present: Document) -> dict[str, Any]:
        made = {key: value for key, value in present.items() if key != "weight"}
        return made | self._weight(f"weight:{item}")

    def _weight(self, name: str) -> dict[str, float | int]:
        value = self[name].data
        if value is None:
            return {}
        return {"weight": int(value) if value == int(value) else float(value)}

    def _free_node(self) -> str:
        used = {*self.items, *(node["id"] for pair in self.groups.values() for node in pair if node)}
        number = 1
        while f"C{number}" in used:
            number += 1
        return f"C{number}"


_NO_NOTE = "Chỉ số do đơn vị tự đặt ra, không phải chỉ số chính thức nào."
_NEW_CONTENT = "Nội dung mới"


def groups_of(recipe: Document | None) -> dict[str, tuple[Document, Document | None]]:
    """Return the parts that hold criteria, by id: (content or factor, the content of a factor)."""
    found: dict[str, tuple[Document, Document | None]] = {}
    for content in (recipe or {}).get("contents", ()):
        if "factors" in content:
            found |= {factor["id"]: (factor, content) for factor in content["factors"]}
        else:
            found[content["id"]] = (content, None)
    return found


def recipe_fields(document: Document, recipe: Document | None) -> dict[str, Any]:
    """Return the fields of the recipe, and what the form must know beside them."""
    present = recipe or {}
    languages, groups, items = document["languages"], groups_of(recipe), scored_items(document)
    fields: dict[str, Any] = {
        "score": _choice(_("Giá trị mỗi tiêu chí"), score_words(), present.get("score")),
        "aggregation": _choice(_("Cách gộp thành chỉ số"), aggregation_words(), present.get("aggregation")),
        "blanks": _choice(_("Câu để trống"), blank_words(), present.get("blanks")),
    }
    fields |= wording_fields(
        "status_note", _("Ghi chú về cách tính"), languages, present=present.get("status_note"), long=True
    )
    for node in _labelled(groups):
        fields |= wording_fields(
            f"label:{node['id']}", _("Tên nội dung %(id)s", id=node["id"]), languages, present=node["label"]
        )
        fields[f"node:{node['id']}"] = _weight_field(node.get("weight"))
    fields |= wording_fields("label:new", _("Tên nội dung mới"), languages)
    fields |= _item_fields(groups, items)
    return {**fields, "groups": groups, "items": items}


def _labelled(groups: Mapping[str, tuple[Document, Document | None]]) -> Iterator[Document]:
    seen: set[str] = set()
    for group, content in groups.values():
        for node in (content, group):
            if node is not None and node["id"] not in seen:
                seen.add(node["id"])
                yield node


def _item_fields(
    groups: Mapping[str, tuple[Document, Document | None]], items: Mapping[str, str]
) -> dict[str, Any]:
    names = {id: excerpt(node["label"].get("vi", id), 60) for id, (node, _content) in groups.items()}  # noqa: A001
    pairs = (("", _("Không tính")), *names.items(), (NEW, _("Nội dung mới")))
    choices = [SelectChoice(*pair) for pair in pairs]
    placed = {
        one["item"]: (id, one)
        for id, (node, _content) in groups.items()  # noqa: A001
        for one in node.get("criteria", ())
    }
    fields: dict[str, Any] = {"choices": pairs}
    for item, words in items.items():
        group, criterion = placed.get(item, ("", {}))
        fields[f"group:{item}"] = SelectField(f"{item}. {words}", choices=choices, default=group)
        fields[f"weight:{item}"] = _weight_field(criterion.get("weight"))
    return fields


def _choice(label: str, words: Mapping[str, str], present: str | None) -> SelectField:
    choices = [SelectChoice(str(value), text) for value, text in words.items()]
    return SelectField(label, choices=choices, default=present or choices[0].value)


def _weight_field(present: float | None) -> DecimalField:
    return DecimalField(
        _("Trọng số"),
        [Optional(), NumberRange(0.000001, 1_000_000, _("Trọng số phải lớn hơn 0 và không quá 1000000."))],
        places=None,
        default=present,
    )
