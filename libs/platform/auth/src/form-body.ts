import { type FastifyInstance, type FastifyRequest } from 'fastify';

/** Lets the routes of a scope read HTML forms of at most `bodyLimit` bytes. */
export function acceptForms(scope: FastifyInstance, bodyLimit: number): void {
  const options = { parseAs: 'string', bodyLimit } as const;
  scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, body: string, done) => {
    done(null, new URLSearchParams(body));
  });
}

/** The fields of a form; none when the body is something else. */
export function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}
