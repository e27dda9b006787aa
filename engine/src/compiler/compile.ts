import type { Diagnostic } from '../metamodel/diagnostic.ts';
import { fold } from './fold.ts';
import type { FoldedDocument } from './fold.ts';
import { infer } from './infer.ts';
import type { TypedModel } from './infer.ts';
import { inferBehaviour } from './infer-behaviour.ts';
import type { TypedBehaviour } from './infer-behaviour.ts';
import { link } from './link.ts';
import { lower } from './lower/lower.ts';
import type { Model } from './model.ts';
import { parse } from './parse.ts';
import type { SourceLayer } from './source-layer.ts';
import { validate } from './validate.ts';

export interface Compilation {
  /** Null when any diagnostic is an error: wrong metadata never runs. */
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles layers of metadata, lowest first, into a model. Throws nothing for wrong metadata: every stage adds what
 * it finds to the diagnostics, and passes on what is sound, so that an author sees all faults at once.
 *
 * @param hash content hash of the layers; it names the model
 */
export function compile(layers: readonly SourceLayer[], hash: string): Compilation {
  const { typed, behaviour, diagnostics } = analyse(layers);
  const sound = !diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  return { model: sound ? lower(typed, behaviour, hash) : null, diagnostics };
}

/** What the stages before the last one make of layers, sound or not: editors ask it for what there is. */
export interface Analysis {
  readonly folded: readonly FoldedDocument[];
  readonly typed: TypedModel;
  readonly behaviour: TypedBehaviour;
  readonly diagnostics: readonly Diagnostic[];
}

/** All stages but the last. */
export function analyse(layers: readonly SourceLayer[]): Analysis {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };

  const parsed = parse(layers, report);
  const folded = fold(parsed, report);
  const valid = validate(folded, report);
  const linked = link(valid, report);
  const typed = infer(linked, report);
  const behaviour = inferBehaviour(typed, report);
  return { folded, typed, behaviour, diagnostics };
}
