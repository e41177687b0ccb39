"""Runs a definition with a second interpreter of the States Language, that of moto, in this process and without Docker.

Standard input: {"definition", "input", "answers": {function: [answer, ...]}, "machines": {name: definition}, "objects":
{key: text}}; an answer {"error", "message"} is thrown, and the last of a list answers all later calls; objects are in a
bucket named "bucket". Standard output: how the execution ended, and what was called.
"""
import json
import sys
import time

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

asked = json.load(sys.stdin)
calls = []


def answer(self, function_name, qualifier, body, headers, response_headers):
    name = function_name.split(":")[-1]
    payload = json.loads(body)
    calls.append([name, payload])
    left = asked["answers"][name]
    given = left.pop(0) if len(left) > 1 else left[0]
    if isinstance(given, dict) and "error" in given:
        response_headers["x-amz-function-error"] = "Unhandled"
        given = {"errorType": given["error"], "errorMessage": given["message"]}
    return json.dumps(given).encode()


LambdaSimpleBackend.invoke = answer


@mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}})
def run():
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    functions = boto3.client("lambda")
    # Its grammar knows no Express children, and wants percentages with a point; nothing else is changed.
    definition = asked["definition"].replace('"EXPRESS"', '"STANDARD"').replace('Percentage": 100', 'Percentage": 100.0')
    for name in asked["answers"]:
        made = functions.create_function(
            FunctionName=name, Role=role, Runtime="nodejs22.x", Handler="index.handler", Code={"ZipFile": b"x"}
        )
        definition = definition.replace("${" + name + "FunctionArn}", made["FunctionArn"])
    states = boto3.client("stepfunctions")
    for name, text in asked.get("machines", {}).items():
        made = states.create_state_machine(name=name, definition=text, roleArn=role)
        definition = definition.replace("${" + name + "MachineArn}", made["stateMachineArn"])
    bucket = boto3.client("s3")
    bucket.create_bucket(Bucket="bucket")
    for key, text in asked.get("objects", {}).items():
        bucket.put_object(Bucket="bucket", Key=key, Body=text.encode())
    machine = states.create_state_machine(name="machine", definition=definition, roleArn=role)["stateMachineArn"]
    execution = states.start_execution(
        stateMachineArn=machine, name="execution", input=json.dumps(asked["input"])
    )["executionArn"]
    while True:
        found = states.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            break
        time.sleep(0.05)
    return {key: found.get(key) for key in ("status", "output", "error", "cause")}


ended = run()
json.dump({**ended, "calls": calls}, sys.stdout)
