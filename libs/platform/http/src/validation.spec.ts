import 'reflect-metadata';
import { HttpException } from '@nestjs/common';
import type { FieldError } from '@casebook/kernel';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Instant, oneLine, OneLine } from './fields';
import { problemOf } from './problem';
import { createValidationPipe } from './validation';

class PartDto {
  @IsString()
  @MaxLength(3)
  id!: string;
}
class WishDto {
  @IsString()
  @MinLength(1)
  @MaxLength(8)
  @OneLine()
  name!: string;
  @IsOptional()
  @IsIn(['A', 'U'])
  role?: string;
  @IsOptional()
  @IsInt()
  @Min(2)
  @Max(9)
  days?: number;
  @IsOptional()
  @IsBoolean()
  me?: boolean;
  @IsOptional()
  @IsUUID()
  who?: string;
  @IsOptional()
  @IsEmail()
  email?: string;
  @IsOptional()
  @MaxLength(2, { message: 'Two letters will do.' })
  code?: string;
  @IsOptional()
  @Instant()
  due?: string;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => PartDto)
  parts?: PartDto[];
}

const pipe = createValidationPipe();
const check = (body: unknown): Promise<unknown> => pipe.transform(body, { type: 'body', metatype: WishDto });
const wrong = async (body: object): Promise<[string, string][]> => {
  const error: unknown = await check({ name: 'x', ...body }).catch((refusal: unknown) => refusal);
  const fields = error instanceof HttpException ? (error.getResponse() as { fields: FieldError[] }).fields : [];
  return fields.map(({ path, message }) => [path, message]);
};

describe('what is wrong with a body', () => {
  it.each<[object, string, string]>([
    [{ name: undefined }, 'name', 'Please fill this in.'],
    [{ name: '' }, 'name', 'Please fill this in.'],
    [{ name: 7 }, 'name', 'This has to be a text.'],
    [{ name: 'x'.repeat(9) }, 'name', 'Please keep this to 8 characters.'],
    [{ role: 'B' }, 'role', 'Please choose one of: A, U.'],
    [{ days: '3' }, 'days', 'Please give a whole number.'],
    [{ days: 1 }, 'days', 'Please give at least 2.'],
    [{ days: 10 }, 'days', 'Please give at most 9.'],
    [{ me: 'true' }, 'me', 'Please say true or false.'],
    [{ who: 'me' }, 'who', 'This is not an id of this portal.'],
    [{ email: 'ada' }, 'email', 'This is not a mail address.'],
    [{ code: 'abc' }, 'code', 'Two letters will do.'],
    [{ parts: 'x' }, 'parts', 'This has to be a list.'],
    [{ parts: [] }, 'parts', 'Please give at least 1.'],
    [{ parts: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }, 'parts', 'Please give at most 2 of them.'],
    [{ parts: ['x'] }, 'parts.0', 'Each of these has named fields, like {"id": "…"}.'],
    [{ parts: [{}] }, 'parts.0.id', 'Please fill this in.'],
    [{ parts: [{ id: 'long' }] }, 'parts.0.id', 'Please keep this to 3 characters.'],
    [{ surprise: 1 }, 'surprise', 'There is no such field.'],
  ])('is said in plain words at its field: %j', async (body, path, message) => {
    expect(await wrong(body)).toEqual([[path, message]]);
  });

  it('is named in the sentence of the problem, which says nothing of JSON', async () => {
    const error: unknown = await check({ name: '', role: 'B' }).catch((refusal: unknown) => refusal);
    expect(problemOf(error, 'c')).toMatchObject({ status: 400, detail: 'Please check name, role.' });
  });
});

describe('a body that is too much', () => {
  const many = (count: number, value: unknown = {}) => ({ name: 'x', parts: Array<unknown>(count).fill(value) });
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, 1]));

  it.each<[string, object]>([
    ['a list of objects', many(600_000)],
    ['a list of numbers', many(900_000, 1)],
    ['a list of lists', many(2_000, [[]])],
    ['unknown fields', keys(150_000)],
  ])('is refused before each of its values is looked at: %s', async (_name, body) => {
    await expect(check(body)).rejects.toMatchObject({ kind: 'invalid', code: 'request.too_many_values' });
    const query = pipe.transform(body, { type: 'query', metatype: WishDto });
    await expect(query).rejects.toMatchObject({ code: 'request.too_many_values' });
  });

  it('is answered with some of what is wrong, not with all of it', async () => {
    expect((await wrong(keys(900))).length).toBe(20);
  });
});

describe('a body that is taken', () => {
  it('takes null for nothing said, in lists of objects too, and null for a needed field as missing', async () => {
    expect(await check({ name: 'x', role: null, parts: [{ id: 'a', extra: null }] })).toEqual({
      name: 'x',
      parts: [{ id: 'a' }],
    });
    expect(await wrong({ name: null })).toEqual([['name', 'Please fill this in.']]);
  });

  it.each([
    ['Disk\r\nBcc: x', 'Disk Bcc: x'],
    ['  a\u0000b\u2028c ', 'a b c'],
    ['\u202Egpj.exe', 'gpj.exe'],
    ['half \ud800', 'half \ufffd'],
    ['é 日本 😀', 'é 日本 😀'],
  ])('has its one-line texts in one line: %j', (given, kept) => {
    expect(oneLine(given)).toBe(kept);
  });

  it('is checked after that: what is nothing but line breaks was not filled in', async () => {
    expect(await check({ name: ' a\nb ' })).toEqual({ name: 'a b' });
    expect(await wrong({ name: '\r\n' })).toEqual([['name', 'Please fill this in.']]);
  });

  it.each([
    ['2026-03-02T09:00:00Z', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00+05:30', '2026-03-02T03:30:00.000Z'],
    ['2026-03-02T09:00:00.123456-01:00', '2026-03-02T10:00:00.123Z'],
    ['2026-03-02', '2026-03-02T00:00:00.000Z'],
  ])('has its times in UTC: %s', async (given, kept) => {
    expect(await check({ name: 'x', due: given })).toEqual({ name: 'x', due: kept });
  });

  it.each(['2026', '2026-W01-1', '2026-03-02T09:00', '2026-13-02', '2026-02-30T25:00Z', 'tomorrow', '', 7, {}])(
    'has no time that a calendar would not understand: %j',
    async (due) => {
      expect(await wrong({ due })).toEqual([['due', 'Give a time with its zone, like 2026-03-02T09:00:00Z.']]);
    },
  );
});
