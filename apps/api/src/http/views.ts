/** Under this token the API finds the views it waits for. */
export const VIEWS = Symbol('views');
