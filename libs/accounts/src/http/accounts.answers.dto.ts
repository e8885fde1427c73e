/* Answers of the account routes, as the OpenAPI document shows them. */

export class RefDto {
  id!: string;
  name!: string;
}
export class MyCompanyDto extends RefDto {
  plan!: RefDto;
  /** IANA name. */
  timeZone!: string;
  contacts!: number;
  contactLimit!: number;
}
export class MyServiceDto extends RefDto {
  kind!: 'support' | 'managed';
  takesTasks!: boolean;
  plan!: RefDto;
  until!: string;
}
export class MeDto {
  id!: string;
  name!: string;
  email!: string;
  kind!: 'customer' | 'staff';
  /** A or U for customers; engineer, account_owner, knowledge_author, administrator for staff. */
  roles!: string[];
  company?: MyCompanyDto;
  companies!: RefDto[];
  services!: MyServiceDto[];
  /** True when this portal shows demo data. */
  demo!: boolean;
}
export class TokenMadeDto {
  id!: string;
  /** Shown this once. */
  token!: string;
  name!: string;
  scopes!: ('read' | 'write')[];
  createdAt!: string;
  expiresAt!: string;
}
export class UserDto {
  id!: string;
  name!: string | null;
  email?: string | null;
  side!: 'customer' | 'vendor';
  role?: 'A' | 'U';
  roles?: string[];
  status?: 'invited' | 'active' | 'locked' | 'requested';
  locked?: boolean;
  timeZone?: string | null;
  place?: string | null;
  phone?: string | null;
}
export class UsersDto {
  items!: UserDto[];
  contacts?: number;
  contactLimit?: number;
}
export class CompanyDto extends RefDto {
  plan?: RefDto;
  timeZone!: string;
  contacts!: number;
  contactLimit!: number;
  accountOwner?: string;
}
export class CompaniesDto {
  items!: CompanyDto[];
}
