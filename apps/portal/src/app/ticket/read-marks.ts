import { Injectable } from '@angular/core';

const KEY = 'casebook.read';
const KEPT = 300;

/** How far this reader has read each ticket, kept on this device. */
@Injectable({ providedIn: 'root' })
export class ReadMarks {
  /** Number of the last entry read, or undefined for a ticket never opened here. */
  last(ticket: string, reader: string): string | undefined {
    return read()[`${reader} ${ticket}`];
  }

  set(ticket: string, reader: string, entry: string): void {
    const key = `${reader} ${ticket}`;
    const others = Object.entries(read()).filter(([known]) => known !== key);
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...others.slice(1 - KEPT), [key, entry]])));
  }
}

function read(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}
