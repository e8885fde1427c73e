import { Keys } from './keys';

describe('Keyboard shortcuts', () => {
  const press = (keys: Keys, key: string, target: Element = document.body, held: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...held });
    Object.defineProperty(event, 'target', { value: target });
    keys.press(event);
    return event;
  };

  beforeEach(() => {
    localStorage.clear();
  });

  it('run single keys and pairs', () => {
    const keys = new Keys();
    const [reply, queue] = [jest.fn(), jest.fn()];
    keys.register({ r: reply, 'g q': queue });
    expect(press(keys, 'r').defaultPrevented).toBe(true);
    press(keys, 'q');
    press(keys, 'g');
    press(keys, 'q');
    expect([reply.mock.calls.length, queue.mock.calls.length]).toEqual([1, 1]);
  });

  it('leave typing alone, and keys of the browser', () => {
    const keys = new Keys();
    const reply = jest.fn();
    keys.register({ r: reply });
    press(keys, 'r', document.createElement('textarea'));
    press(keys, 'r', document.body, { ctrlKey: true });
    expect(reply).not.toHaveBeenCalled();
  });

  it('prefer the page over the shell, and forget the page when it is left', () => {
    const keys = new Keys();
    const [shell, page] = [jest.fn(), jest.fn()];
    keys.register({ j: shell });
    const off = keys.register({ j: page });
    press(keys, 'j');
    off();
    press(keys, 'j');
    expect([shell.mock.calls.length, page.mock.calls.length]).toEqual([1, 1]);
  });

  it('can be switched off, also for the next visit', () => {
    const keys = new Keys();
    const reply = jest.fn();
    keys.toggle();
    for (const one of [keys, new Keys()]) {
      one.register({ r: reply });
      press(one, 'r');
    }
    expect(reply).not.toHaveBeenCalled();
  });
});
