import {
  ArrayMaxSize,
  IsArray,
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
} from 'class-validator';
import { OneLine } from '@casebook/http';
import { TOKEN_SCOPES, type TokenScope } from '@casebook/auth';
import type { CustomerRole } from '@casebook/kernel';

const CHOOSE_ROLE = 'Choose A (subscription admin) or U (user).';
const TOKEN_NAME = 'Give the token a name of up to 100 characters.';
const TOKEN_SCOPE_LIST = 'Scopes are a list of "read" and "write".';
const TOKEN_DAYS = 'A token lives 1 to 365 days.';
const PERSON_NAME = 'Give a name of up to 200 characters.';
const MAIL_ADDRESS = 'This is not a mail address.';

export class SwitchCompanyDto {
  @IsUUID(undefined, { message: 'Choose one of your companies.' })
  id!: string;
}

export class NewTokenDto {
  /** What the token is for, in your own words. */
  @IsString({ message: TOKEN_NAME })
  @MinLength(1, { message: TOKEN_NAME })
  @MaxLength(100, { message: TOKEN_NAME })
  name!: string;
  /** Default: all. */
  @IsOptional()
  @IsArray({ message: TOKEN_SCOPE_LIST })
  @ArrayMaxSize(10, { message: TOKEN_SCOPE_LIST })
  @IsIn(TOKEN_SCOPES, { each: true, message: TOKEN_SCOPE_LIST })
  scopes?: TokenScope[];
  /** Days until it expires; default 90. */
  @IsOptional()
  @IsInt({ message: TOKEN_DAYS })
  @Min(1, { message: TOKEN_DAYS })
  @Max(365, { message: TOKEN_DAYS })
  expiresInDays?: number;
}

export class RoleDto {
  @IsIn(['A', 'U'], { message: CHOOSE_ROLE })
  role!: CustomerRole;
}

export class InviteDto {
  @IsString({ message: PERSON_NAME })
  @MinLength(1, { message: PERSON_NAME })
  @MaxLength(200, { message: PERSON_NAME })
  @OneLine()
  name!: string;
  @IsEmail(undefined, { message: MAIL_ADDRESS })
  @MaxLength(254, { message: MAIL_ADDRESS })
  email!: string;
  @IsIn(['A', 'U'], { message: CHOOSE_ROLE })
  role!: CustomerRole;
}

export class UsersQuery {
  /** `engineer` and other staff roles, or A, U. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  role?: string;
  /** Staff only: people of this company. */
  @IsOptional()
  @IsUUID()
  company?: string;
}
