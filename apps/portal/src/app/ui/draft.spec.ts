import { TestBed } from '@angular/core/testing';
import { draft, keepDraftsFor, type Draft } from './draft';

describe('A draft', () => {
  /** Opens the form as after a reload: what was open before is gone. */
  const open = (): Draft<{ text: string }> => {
    TestBed.resetTestingModule();
    return TestBed.runInInjectionContext(() => draft('form', { text: '' }));
  };

  beforeEach(() => {
    localStorage.clear();
  });

  it('survives a reload', () => {
    open().value.set({ text: 'half' });
    TestBed.tick();
    expect(open().value()).toEqual({ text: 'half' });
  });

  it('is gone once sent, also after a reload', () => {
    const form = open();
    form.value.set({ text: 'half' });
    TestBed.tick();
    form.clear();
    TestBed.tick();
    expect(form.value()).toEqual({ text: '' });
    const next = open();
    expect(next.value()).toEqual({ text: '' });
    next.value.set({ text: 'next' });
    TestBed.tick();
    expect(open().value()).toEqual({ text: 'next' });
  });

  it('is its writer’s alone on a shared device', () => {
    keepDraftsFor('erin');
    open().value.set({ text: 'between us' });
    TestBed.tick();
    keepDraftsFor('ada');
    expect(open().value()).toEqual({ text: '' });
    keepDraftsFor('erin');
    expect(open().value()).toEqual({ text: 'between us' });
    keepDraftsFor('');
  });

  it('is forgotten after 30 days', () => {
    localStorage.setItem(
      'casebook.draft..form',
      JSON.stringify({ at: Date.now() - 31 * 86_400_000, value: { text: 'old' } }),
    );
    expect(open().value()).toEqual({ text: '' });
  });

  it('begins empty when what is stored cannot be read', () => {
    localStorage.setItem('casebook.draft..form', '{');
    expect(open().value()).toEqual({ text: '' });
  });
});
