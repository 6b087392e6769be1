#!/usr/bin/env python3
"""Writes NAME.expected.json beside templates here: what each resource's `Value` comes to.

usage: generate.py [TEMPLATE ...]   (needs `pip install cloud-radar==0.17.0 'moto[cloudformation]==5.2.5' cfn-lint==1.58.0`; no network)

Programs that resolve templates by themselves are asked, one resource at a time, so that one which they cannot do spoils no other:
cloud-radar and moto for all functions, cfn-lint for loops. An answer that all give, or that only one can give, stands. Where
they differ, or none has one, that of by-hand.json stands, which says why.
"""
import contextlib, copy, json, pathlib, sys

from cfnlint import Template as LintTemplate
from cfnlint.decode import cfn_yaml
from cfnlint.template.transforms._language_extensions import language_extension
from cloud_radar.cf.unit import Template
from moto.cloudformation.parsing import ResourceMap, clean_json

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT, REGION = "123456789012", "us-east-1"

BY_HAND = json.loads((HERE / "by-hand.json").read_text())


def plain(value):
    """Scalars as CloudFormation passes them on, as text."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def cloud_radar(template):
    Template.AccountId, Template.Region = ACCOUNT, REGION
    with contextlib.redirect_stdout(None):
        rendered = Template(copy.deepcopy(template)).render()
    return {k: plain(v.get("Properties", {}).get("Value")) for k, v in rendered["Resources"].items() if isinstance(v, dict)}


def moto(template):
    resources = ResourceMap("arn:aws:cloudformation:x", "stack", {}, {}, REGION, ACCOUNT, copy.deepcopy(template), {})
    resources.load()
    out = {}
    for name, resource in resources._resource_json_map.items():
        condition = resource.get("Condition")
        if condition and not resources.lazy_condition_map[condition]:
            continue
        out[name] = plain(clean_json(copy.deepcopy(resource["Properties"]), resources).get("Value"))
    return out


def has_loop(node):
    if isinstance(node, dict):
        return any(str(k).startswith("Fn::ForEach") or has_loop(v) for k, v in node.items())
    return isinstance(node, list) and any(has_loop(v) for v in node)


def unrolled(template):
    """Loops as cfn-lint unrolls them."""
    matches, made = language_extension(LintTemplate("t.yaml", copy.deepcopy(template), regions=[REGION]))
    if matches:
        raise ValueError(matches)
    return json.loads(json.dumps(made))


def answers(template):
    out = {}
    for name, run in [("cloud-radar", cloud_radar), ("moto", moto)]:
        for way in [lambda t: t, unrolled] if has_loop(template) else [lambda t: t]:
            try:
                answer = run(way(template))
                if not has_loop(answer) and "Fn::" not in json.dumps(answer):
                    out[name + ("" if way is not unrolled else " of cfn-lint")] = answer
            except Exception as error:
                if "-v" in sys.argv:
                    print("   ", name, type(error).__name__, str(error)[:100], file=sys.stderr)
    return out


def main():
    counts = {"all agree": 0, "one answers": 0, "by hand": 0}
    for path in [pathlib.Path(a) for a in sys.argv[1:] if a != "-v"] or sorted(p for p in HERE.glob("*.yaml") if p.stem in BY_HAND):
        template = json.loads(json.dumps(cfn_yaml.load(str(path))))
        expected, by_hand = {}, BY_HAND[path.stem]
        for name, resource in template["Resources"].items():
            if name in by_hand:
                expected.update(by_hand[name]["is"] if name.startswith("Fn::") else {name: by_hand[name]["is"]})
                counts["by hand"] += 1
                continue
            found = list(answers({**template, "Resources": {name: resource}}).values())
            answer = found[0] if found else {}
            differ = any(other != answer for other in found)
            if differ or not found:
                print(path.name, name, "has no answer that stands:", found, file=sys.stderr)
                continue
            counts["all agree" if len(found) > 1 else "one answers"] += 1
            expected.update(answer)
        path.with_suffix(".expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        print(path.name, len(expected), "values")
    print(counts)


main()
