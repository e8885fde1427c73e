import { HttpErrorResponse } from '@angular/common/http';
import type { Problem } from './types';

/** What went wrong, in the user's words, from whatever a request threw. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpErrorResponse) {
    const body: unknown = typeof error.error === 'string' ? parsed(error.error) : error.error;
    if (isProblem(body)) return body;
    if (error.status === 0) {
      return {
        title: 'No connection',
        status: 0,
        code: 'offline',
        detail: 'The portal cannot be reached. What you wrote is kept on this device; try again when you are online.',
      };
    }
    return {
      title: 'Not possible',
      status: error.status,
      code: `http.${error.status}`,
      detail: 'The portal answered in a way we did not expect. Please try again.',
    };
  }
  return {
    title: 'Not possible',
    status: 0,
    code: 'unknown',
    detail: error instanceof Error ? error.message : 'Something went wrong on this page.',
  };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
