/** The stack's template as a test reads it: resources by their place in the stack, references by name. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../lib/aws/stack/app.ts';

type Json = z.core.util.JSONType;

const cdkSchema = z.object({ context: z.record(z.string(), z.unknown()) });
/** The context that deployments have. */
export const CONTEXT = cdkSchema.parse(
  JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8')),
).context;

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.json()).default({}),
      DeletionPolicy: z.string().optional(),
      DependsOn: z.array(z.string()).default([]),
      Metadata: z.object({ 'aws:cdk:path': z.string() }),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.json() })),
});

interface Resource {
  readonly type: string;
  /** Its path in the stack, without what the CDK adds: `Steps/Prepare/Function`. */
  readonly name: string;
  /** References are `<Steps/Prepare/Function.Arn>`, pseudo-parameters `<AWS::Region>`. */
  readonly properties: Readonly<Record<string, Json>>;
  readonly deletionPolicy: string | undefined;
  /** Places of what must be there first, beside what it refers to. */
  readonly dependsOn: readonly string[];
}

export interface Synthesized {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, Json>>;
  /** All resources of a type. */
  ofType(type: string): Resource[];
  /** The one resource of a type at a place. */
  find(type: string, name: string): Resource;
  /** Where the assembly is: templates, assets, the rules' report. */
  readonly folder: string;
}

export interface SynthesisOptions {
  readonly context?: Readonly<Record<string, unknown>>;
  /** Bundle the functions, which takes seconds; without it their code is not in the assembly. */
  readonly bundle?: boolean;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** A folder for an assembly, which is deleted after the test file. */
export function assemblyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tombola-synth-'));
  folders.push(folder);
  return folder;
}

/** Synthesises the stack. */
export async function synthesize({
  context = {},
  bundle = false,
}: SynthesisOptions = {}): Promise<Synthesized> {
  const outdir = assemblyFolder();
  const { app, stack } = createApp({
    outdir,
    context: {
      ...CONTEXT,
      'aws:cdk:enable-path-metadata': true,
      ...(bundle ? {} : { 'aws:cdk:bundling-stacks': [] }),
      ...context,
    },
  });
  const assembly = app.synth();
  const template = templateSchema.parse(assembly.getStackByName(stack.stackName).template);
  const nameOf = (id: string) => {
    const path = template.Resources[id]?.Metadata['aws:cdk:path'] ?? id;
    return path.replace(/^[^/]+\//, '').replace(/\/Resource$/, '');
  };
  const readable = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(readable);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
    if (typeof ref === 'string') return `<${nameOf(ref)}>`;
    if (Array.isArray(attribute)) return `<${nameOf(String(attribute[0]))}.${String(attribute[1])}>`;
    if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(readable).join(String(join[0]));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
  };
  const resources = Object.entries(template.Resources).map(([id, resource]) => ({
    type: resource.Type,
    name: nameOf(id),
    properties: Object.fromEntries(
      Object.entries(resource.Properties).map(([key, value]) => [key, readable(value)]),
    ),
    deletionPolicy: resource.DeletionPolicy,
    dependsOn: resource.DependsOn.map(nameOf),
  }));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    resources,
    outputs: Object.fromEntries(
      Object.entries(template.Outputs).map(([name, { Value }]) => [name, readable(Value)]),
    ),
    ofType,
    find(type, name) {
      const [found, another] = ofType(type).filter((resource) => resource.name === name);
      if (found && !another) return found;
      throw new Error(
        `no single ${type} at ${name}; there are ${ofType(type).map((resource) => resource.name)}`,
      );
    },
    folder: outdir,
  };
}
