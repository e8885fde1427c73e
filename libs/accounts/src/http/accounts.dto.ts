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
import { TOKEN_SCOPES, type TokenScope } from '@casebook/auth';
import type { CustomerRole } from '@casebook/kernel';

export class SwitchCompanyDto {
  @IsUUID()
  id!: string;
}

export class NewTokenDto {
  /** What the token is for, in your own words. */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name!: string;
  /** Default: all. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsIn(TOKEN_SCOPES, { each: true })
  scopes?: TokenScope[];
  /** Days until it expires; default 90. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(365)
  expiresInDays?: number;
}

export class RoleDto {
  @IsIn(['A', 'U'])
  role!: CustomerRole;
}

export class InviteDto {
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name!: string;
  @IsEmail()
  @MaxLength(254)
  email!: string;
  @IsIn(['A', 'U'])
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
