#!/usr/bin/env python3
"""Regenerates src/iam/managed_policies.txt: the documents of the AWS managed policies that iacscan knows.

Usage: python3 tools/managed_policies.py            newest moto on PyPI
       python3 tools/managed_policies.py 5.2.5      that version of moto
       python3 tools/managed_policies.py FILE.whl   a wheel that is here already
       add --check to write nothing and exit with 1 where the file would change

AWS publishes the documents through its API only, so an account is needed to read them. moto (https://github.com/getmoto/moto,
Apache License 2.0) does that regularly and ships the answer; its wheel is downloaded with pip and only read, never run.

The file has a header of `#` lines and then one policy a line, sorted by name (byte order), tab-separated:
name, path, version, date of that version, statements as compact JSON. A script that changes the choice of policies changes
CHOSEN below: a name that stands there and is gone at AWS is an error, so that nothing vanishes unseen.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "iam" / "managed_policies.txt"
MODULE = "moto/iam/aws_managed_policies.py"

# Every attachable policy with statements of at most so many bytes is taken: they cost little, and each one known is a check
# decided. Larger ones only where they are chosen by name.
SMALL = 600

# Policies that are attached to execution roles in practice, whatever their size: those that grant what a rule asks for, and the
# frequent wrong choices.
CHOSEN = """
AWSLambdaVPCAccessExecutionRole AWSLambdaENIManagementAccess AWSLambdaMSKExecutionRole AWSGlueServiceRole AWSCloudHSMRole
AWSCodeStarServiceRole AmazonAppStreamServiceAccess AmazonDMSVPCManagementRole AmazonElasticMapReduceEditorsRole
AmazonElasticMapReduceRole NetworkAdministrator SystemAdministrator AdministratorAccess PowerUserAccess AmazonEC2FullAccess
AmazonVPCFullAccess AmazonVPCCrossAccountNetworkInterfaceOperations AmazonEKSServicePolicy AmazonEKS_CNI_Policy
AmazonElasticFileSystemFullAccess AmazonMQFullAccess AmazonMQApiFullAccess AmazonRoute53ResolverFullAccess
AmazonSageMakerFullAccess AWSDataSyncFullAccess AWSDirectoryServiceFullAccess
AWSGlueConsoleSageMakerNotebookFullAccess
AWSLambdaBasicExecutionRole AWSLambdaBasicDurableExecutionRolePolicy AWSLambda_FullAccess AWSLambda_ReadOnlyAccess
AWSLambdaExecute AWSLambdaRole AWSLambdaSQSQueueExecutionRole AWSLambdaKinesisExecutionRole AWSLambdaDynamoDBExecutionRole
AWSLambdaInvocation-DynamoDB ReadOnlyAccess AmazonEC2ReadOnlyAccess AmazonVPCReadOnlyAccess AmazonRDSFullAccess AmazonRDSDataFullAccess
AmazonRDSReadOnlyAccess SecurityAudit CloudWatchLambdaInsightsExecutionRolePolicy
AmazonS3ObjectLambdaExecutionRolePolicy AmazonAPIGatewayPushToCloudWatchLogs AWSAppSyncPushToCloudWatchLogs
CloudWatchLogsFullAccess CloudWatchLogsReadOnlyAccess CloudWatchFullAccess CloudWatchFullAccessV2 CloudWatchReadOnlyAccess
CloudWatchAgentServerPolicy CloudWatchAgentAdminPolicy CloudWatchEventsFullAccess DatabaseAdministrator DataScientist
AmazonSSMFullAccess AmazonSSMReadOnlyAccess AmazonSSMManagedInstanceCore AWSBatchServiceRole AWSIoTLogging
AWSTransferLoggingAccess AmazonSNSRole AmazonEC2RoleforSSM AmazonECSTaskExecutionRolePolicy
AmazonEC2ContainerServiceforEC2Role
AWSXRayDaemonWriteAccess AWSXrayWriteOnlyAccess AWSXrayFullAccess AWSXrayReadOnlyAccess AWSElasticBeanstalkWebTier
AWSElasticBeanstalkWorkerTier
AWSCodeDeployRoleForECS AWSCodeDeployRole AWSCodeDeployRoleForLambda AWSCodeDeployRoleForLambdaLimited
AmazonSQSFullAccess AmazonSQSReadOnlyAccess AWSIoTRuleActions AutoScalingNotificationAccessRole
AmazonSNSFullAccess AmazonSNSReadOnlyAccess AmazonEventBridgeFullAccess AmazonEventBridgeReadOnlyAccess
AmazonEC2RoleforDataPipelineRole AmazonElasticMapReduceforEC2Role
AmazonKinesisFullAccess AmazonKinesisReadOnlyAccess AmazonKinesisFirehoseFullAccess SupportUser
AmazonDynamoDBFullAccess AmazonDynamoDBFullAccess_v2 AmazonDynamoDBFullAccesswithDataPipeline AmazonDynamoDBReadOnlyAccess
AmazonMSKFullAccess AmazonMSKReadOnlyAccess AmazonDocDBFullAccess AmazonDocDBReadOnlyAccess
AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonAthenaFullAccess AmazonCognitoPowerUser AmazonCognitoReadOnly
AmazonElastiCacheFullAccess AmazonElasticFileSystemClientFullAccess AmazonElasticFileSystemClientReadWriteAccess
AmazonElasticFileSystemClientReadOnlyAccess AmazonElasticFileSystemReadOnlyAccess AmazonESFullAccess AmazonRedshiftFullAccess
AmazonRedshiftDataFullAccess AmazonAPIGatewayInvokeFullAccess AmazonAPIGatewayAdministrator AmazonECS_FullAccess
AmazonEC2ContainerRegistryReadOnly AmazonEC2ContainerRegistryPowerUser AmazonEC2ContainerRegistryFullAccess
AmazonSESFullAccess AmazonTextractFullAccess AmazonRekognitionFullAccess AmazonPollyFullAccess AmazonTranscribeFullAccess
AmazonBedrockFullAccess AmazonBedrockReadOnly AmazonLexFullAccess ComprehendFullAccess TranslateFullAccess
AWSStepFunctionsFullAccess AWSStepFunctionsConsoleFullAccess SecretsManagerReadWrite AWSKeyManagementServicePowerUser
IAMFullAccess IAMReadOnlyAccess AmazonRoute53FullAccess AmazonRoute53AutoNamingFullAccess AWSCloudFormationFullAccess
AWSCodePipeline_FullAccess AWSCodeCommitFullAccess AWSCodeBuildAdminAccess AWSAppSyncInvokeFullAccess
AWSIoTFullAccess AWSIoTDataAccess AWSGlueConsoleFullAccess ViewOnlyAccess
"""


def wheel(argument: str | None) -> tuple[str, bytes]:
    """The version of moto and the text of its module."""
    if argument and argument.endswith(".whl"):
        return read_wheel(Path(argument))
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"moto=={argument}" if argument else "moto"
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "-d", folder, wanted], check=True)
        return read_wheel(next(Path(folder).glob("moto-*.whl")))


def read_wheel(path: Path) -> tuple[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return path.name.split("-")[1], archive.read(MODULE)


def policies(module: bytes) -> dict:
    """The documents, without running the module: it is one assignment of a string of JSON."""
    for node in ast.parse(module).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return json.loads(node.value.value)
    sys.exit(f"{MODULE} has another shape than it used to: no string is assigned at its top level")


def attachable(policy: dict) -> bool:
    """AWS attaches policies of this path to service-linked roles only."""
    return not policy["Path"].startswith("/aws-service-role/")


def lines(documents: dict) -> list[str]:
    chosen = CHOSEN.split()
    gone = [name for name in chosen if name not in documents]
    if gone:
        print("no longer at AWS (take them out of CHOSEN): " + " ".join(gone), file=sys.stderr)
        sys.exit(1)
    out = []
    for name, policy in documents.items():
        statements = policy["Document"]["Statement"]
        if isinstance(statements, dict):
            statements = [statements]
        for statement in statements:
            statement.pop("Sid", None)
        text = json.dumps(statements, separators=(",", ":"), sort_keys=True)
        if name in chosen or (attachable(policy) and len(text) <= SMALL):
            path = policy["Path"].strip("/")
            out.append("\t".join([name, path, policy["DefaultVersionId"], policy.get("UpdateDate", policy["CreateDate"])[:10], text]))
    return sorted(out, key=lambda line: line.split("\t")[0].encode())


def named(text: str) -> dict[str, str]:
    return {line.split("\t")[0]: line for line in text.splitlines() if line and not line.startswith("#")}


def report(before: dict[str, str], after: dict[str, str]) -> None:
    """Says what changed, policy by policy."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old is None:
            print(f"added    {name}")
        elif new is None:
            print(f"removed  {name}")
        else:
            old, new = old.split("\t"), new.split("\t")
            actions = [set(re.findall(r'"([a-z0-9-]+:[A-Za-z0-9*?]+)"', side[4])) for side in (old, new)]
            gained, lost = sorted(actions[1] - actions[0]), sorted(actions[0] - actions[1])
            print(f"changed  {name} {old[2]} -> {new[2]}" + "".join(f" +{a}" for a in gained) + "".join(f" -{a}" for a in lost))


def main() -> None:
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    version, module = wheel(arguments[0] if arguments else None)
    body = lines(policies(module))
    newest = max(line.split("\t")[3] for line in body)
    header = [
        "# AWS managed policies, made by tools/managed_policies.py: do not edit.",
        f"# source: moto {version} ({MODULE}), Apache License 2.0",
        f"# newest policy: {newest}",
        "# name, path, version, date, statements; tab-separated, sorted by name",
    ]
    text = "\n".join(header + body) + "\n"
    before = TARGET.read_text() if TARGET.exists() else ""
    report(named(before), named(text))
    print(f"{len(body)} policies, {len(text)} bytes, newest {newest}")
    if "--check" in sys.argv:
        sys.exit(text != before)
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
