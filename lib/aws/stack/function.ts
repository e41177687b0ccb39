/** A Lambda function as every one of this stack is made: bundled, with a role, a log and traces of its own. */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Access, allowAccess } from './access.ts';
import { ONNXRUNTIME, runtimeFiles } from './runtime-files.ts';
import type { Settings } from './settings.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const METRICS_NAMESPACE = 'Tombola';

export interface TombolaFunctionProps {
  readonly settings: Settings;
  /** The file in lambdas/, without its ending. */
  readonly file: string;
  readonly description: string;
  readonly memory: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  readonly bucket: Bucket;
  readonly access: Access;
  /** Carries onnxruntime, for the function's platform alone. */
  readonly onnxruntime?: boolean;
  /** Files that the bundle reads beside itself, from the project's root. */
  readonly files?: readonly string[];
}

export class TombolaFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: TombolaFunctionProps) {
    super(scope, id);
    const { settings, file } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${settings.stackName}'s ${file} may do`,
    });
    allowAccess(this.role, props.bucket, props.access);
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.lambda = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: join(ROOT, 'lambdas', `${file}.ts`),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: props.memory,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      // Without Lambda's three lines of its own per invocation: they would be most of what is ingested and paid for.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      tracing: Tracing.ACTIVE,
      awsSdkConnectionReuse: false,
      environment: {
        ...props.environment,
        // onnxruntime would report its use to Microsoft.
        ORT_DISABLE_TELEMETRY: '1',
        POWERTOOLS_SERVICE_NAME: settings.stackName,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      },
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        logLevel: LogLevel.WARNING,
        mainFields: ['module', 'main'],
        // Names stay, for stack traces that can be read.
        esbuildArgs: { '--minify-whitespace': true, '--minify-syntax': true, '--tree-shaking': true },
        // CommonJS packages inside an ES module call `require`.
        banner:
          "import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);",
        externalModules: props.onnxruntime ? [ONNXRUNTIME] : [],
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (_, output) => copies(output, settings, props),
        },
      },
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        "X-Ray's PutTraceSegments and PutTelemetryRecords, and Lambda's GetAccountSettings where it is asked, know no resources to name; nothing else is on all of them.",
    });
  }
}

/** The commands that put what esbuild leaves out beside the bundle in `output`. */
function copies(output: string, settings: Settings, props: TombolaFunctionProps): string[] {
  const files = (props.files ?? []).map((file) => ({ from: join(ROOT, file), to: basename(file) }));
  const runtime = props.onnxruntime ? runtimeFiles(settings.architecture) : [];
  return [...files, ...runtime].map(
    ({ from, to }) =>
      `"${process.execPath}" -e "require('fs').cpSync(process.argv[1],process.argv[2],{recursive:true})" "${from}" "${join(output, to)}"`,
  );
}
