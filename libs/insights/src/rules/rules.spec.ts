import { bundledReference } from '../reference/reference';
import { buildCollection } from '../testing/build-collection';
import { evaluate } from './engine';
import { ruleById, type Side } from '../testing/fixtures/fixture';
import { allFixtures } from '../testing/fixtures/fixtures';
import { allRules } from './rules';
import { fill, placeholders, textIds, textOf } from './texts/texts';

const answerOf = (fixture: (typeof allFixtures)[number]) => {
  const [evaluation] = evaluate(
    buildCollection(fixture.given),
    [ruleById(fixture.rule)],
    fixture.reference ?? bundledReference,
    {},
    (fixture.others ?? []).map(buildCollection),
  );
  return evaluation!.outcome;
};

const declared = (outcome: ReturnType<typeof answerOf>): string =>
  outcome.outcome === 'fail' ? `fail:${outcome.severity}` : outcome.outcome;

describe.each(allRules.map((rule) => [rule.id, rule] as const))('rule %s', (id, rule) => {
  const own = allFixtures.filter((fixture) => fixture.rule === id);

  it.each(own.map((fixture) => [fixture.name, fixture] as const))('answers as its fixture says: %s', (_, fixture) => {
    const outcome = answerOf(fixture);
    expect([declared(outcome), 'reason' in outcome ? outcome.reason : '']).toEqual([
      fixture.expect,
      expect.any(String),
    ]);
    if (fixture.key !== undefined) expect(outcome).toMatchObject({ key: fixture.key });
  });

  it('has a fixture for every outcome it declares, and declares every outcome of its fixtures', () => {
    const proved = new Set(own.map(({ expect: outcome }) => outcome));
    expect([...proved].sort()).toEqual([...rule.outcomes].sort());
  });

  it('has fixtures below, at and above each threshold', () => {
    const sides: readonly Side[] = ['below', 'at', 'above'];
    const wanted = Object.keys(rule.thresholds).flatMap((name) => sides.map((side) => `${name} ${side}`));
    const found = own.flatMap(({ around }) => (around ? [`${around[0]} ${around[1]}`] : []));
    expect([...new Set(found)].sort()).toEqual([...wanted].sort());
  });

  it('has a sentence for every answer, and finds every value the sentence asks for', () => {
    const text = textOf(id);
    for (const fixture of own) {
      const outcome = answerOf(fixture);
      if (!('key' in outcome)) continue;
      const template = text.says[outcome.key];
      expect([fixture.name, outcome.key, typeof template]).toEqual([fixture.name, outcome.key, 'string']);
      for (const name of placeholders(template!)) expect(Object.keys(outcome.found)).toContain(name);
      expect(fill(template!, outcome.found)).not.toContain('{');
    }
  });

  it('explains itself: reason, remedy and sources', () => {
    const text = textOf(id);
    expect(text.title.length).toBeGreaterThan(3);
    expect(text.why.length).toBeGreaterThan(20);
    expect(text.remedy.length).toBeGreaterThan(0);
    expect(text.sources.length).toBeGreaterThan(0);
  });
});

describe('the catalogue of rules', () => {
  it('holds 75 rules with different ids, 25 or more of them urgent', () => {
    expect(new Set(allRules.map(({ id }) => id)).size).toBe(75);
    expect(allRules).toHaveLength(75);
    expect(allRules.filter(({ urgent }) => urgent).length).toBeGreaterThanOrEqual(25);
  });

  it('has words for its rules only', () => {
    expect([...textIds()].sort()).toEqual(allRules.map(({ id }) => id).sort());
  });
});
