#!/usr/bin/env python3
"""Writes the facts beside it, ../connector/profiles.txt and ../shapes.txt from the PyPI package aws-sam-translator.

usage: generate.py      (needs `pip install aws-sam-translator==1.115.0`; no network)

  templates.txt   what each SAM policy template grants
  managed.txt     AWS managed policies that SAM knows by name
  profiles.txt    what each kind of SAM connector grants
  shapes.txt      what the properties of SAM resources and events may be
"""
import importlib.metadata
import json
import pathlib

import samtranslator

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = pathlib.Path(samtranslator.__file__).parent
VERSION = importlib.metadata.version("aws-sam-translator")
LETTERS = {"aws": "a", "aws-cn": "c", "aws-us-gov": "g", "aws-eusc": "e"}


def header(what, legend):
    return [f"# {what}, from aws-sam-translator {VERSION}; written by generate.py.", *[f"# {line}" for line in legend], ""]


def text(value):
    """A text, and after bars the variables of its Fn::Sub: `arn:…${name} | name=Parameter`."""
    if isinstance(value, str):
        return value
    (function, argument), = value.items()
    if function == "Ref":
        return "@" + argument
    assert function == "Fn::Sub", value
    if isinstance(argument, str):
        return argument
    template, variables = argument
    return template + "".join(f" | {name}={variable['Ref']}" for name, variable in variables.items())


def statement(source):
    assert set(source) <= {"Effect", "Action", "Resource", "Condition", "Principal"} and source["Effect"] == "Allow", source
    action = source["Action"]
    yield "actions " + " ".join(action) if isinstance(action, list) else "action " + action
    if "Principal" in source:
        (kind, name), = source["Principal"].items()
        yield f"principal {kind} {name}"
    resource = source["Resource"]
    if isinstance(resource, list):
        yield "resources"
        yield from (f"resource {text(item)}" for item in resource)
    else:
        yield f"resource {text(resource)}"
    for operator, keys in source.get("Condition", {}).items():
        for key, value in keys.items():
            yield f"condition {operator} {key} {text(value)}"


def templates():
    lines = header("What each SAM policy template grants", [
        "`template NAME PARAMETERS…`, then per statement `action` or `actions` (a list), `resource` (after `resources`: a list),",
        "`condition OPERATOR KEY VALUE`. A text with `${…}` is an Fn::Sub; ` | name=Parameter` are its variables.",
    ])
    data = json.loads((PACKAGE / "policy_templates_data/policy_templates.json").read_text())["Templates"]
    for name, template in sorted(data.items()):
        lines.append(" ".join(["template", name, *template["Parameters"]]))
        for item in template["Definition"]["Statement"]:
            lines += statement(item)
    return lines


def managed():
    lines = header("AWS managed policies that SAM knows by name", [
        "The partitions that have it (a: aws, c: aws-cn, g: aws-us-gov, e: aws-eusc), and its path and name.",
    ])
    policies = {}
    data = json.loads((PACKAGE / "internal/data/aws_managed_policies.json").read_text())
    for partition, names in data.items():
        for name, arn in names.items():
            prefix = f"arn:{partition}:iam::aws:policy/"
            assert arn.startswith(prefix) and arn.endswith(name), arn
            policies.setdefault(arn[len(prefix):], []).append(LETTERS[partition])
    return lines + [f"{''.join(letters)} {policy}" for policy, letters in sorted(policies.items())]


def profiles():
    lines = header("What each kind of SAM connector grants", [
        "`from TYPE to TYPE`, `kind KIND of source|destination`, `depended-by …`, `valid …`; per access `access NAME`, and either",
        "statements as in templates.txt or `invoke KEY VALUE` lines of a Lambda permission. `%{…}` is put in by the connector.",
    ])
    data = json.loads((PACKAGE / "model/connector_profiles/profiles.json").read_text())
    for source, destinations in data["Permissions"].items():
        for destination, profile in destinations.items():
            properties = profile["Properties"]
            lines.append(f"from {source} to {destination}")
            lines.append(f"kind {profile['Type']} of {'source' if properties['SourcePolicy'] else 'destination'}")
            if "DependedBy" in properties:
                lines.append("depended-by " + properties["DependedBy"])
            for valid in properties.get("ValidAccessCategories", []):
                lines.append("valid " + " ".join(valid))
            for access, grants in properties["AccessCategories"].items():
                lines.append("access " + access)
                if "Statement" in grants:
                    for item in grants["Statement"]:
                        lines += statement(item)
                else:
                    lines += [f"invoke {key} {text(value)}" for key, value in grants.items()]
    return lines


SAMPLES = {
    "s": ["x"],
    "m": [{"a": "b", "c": "d"}, {"a": {}, "b": {}}, {"a": 1, "b": 1}],
    "l": [["x"], [{}]],
    "b": [True],
    "i": [5],
}


def shape(kind):
    accepted = "".join(letter for letter, values in SAMPLES.items() if any(kind.validate(v, should_raise=False) for v in values))
    return ("" if kind.supports_intrinsics else "=") + accepted


def shapes():
    from samtranslator.model import eventsources, sam_resources, stepfunctions
    from samtranslator.model.eventsources import cloudwatchlogs, pull, push, scheduler

    lines = header("What the properties of SAM resources and events may be", [
        "The type and `Name:shape`. `=`: takes no intrinsic function; s string, m map, l list, b boolean, i integer.",
    ])
    groups = [
        ("", [c for c in vars(sam_resources).values() if str(getattr(c, "resource_type", "")).startswith("AWS::Serverless::")]),
        ("event ", [c for m in (push, pull, cloudwatchlogs, scheduler) for c in vars(m).values()]),
        ("machine-event ", [c for m in (stepfunctions.events, scheduler) for c in vars(m).values()]),
    ]
    for prefix, classes in groups:
        named = {c.resource_type: c for c in classes if isinstance(c, type) and getattr(c, "resource_type", None)}
        for name, cls in sorted(named.items()):
            if "::" in name and prefix:
                continue
            kinds = [(n, shape(k)) for n, k in cls.property_types.items() if not n.startswith("__")]
            lines.append(" ".join([prefix + name.removeprefix("AWS::Serverless::"), *[f"{n}:{k}" for n, k in kinds if k.strip("=") not in ("", "smlbi")]]))
    return lines


for path, lines in [
    (HERE.parent / "shapes.txt", shapes()),
    (HERE / "templates.txt", templates()),
    (HERE / "managed.txt", managed()),
    (HERE.parent / "connector/profiles.txt", profiles()),
]:
    path.write_text("\n".join(lines) + "\n")
    print(path.name, len(lines), "lines")
