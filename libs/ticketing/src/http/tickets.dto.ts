import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Instant, OneLine } from '@casebook/http';
import { CLOSING_CODES, SEVERITIES, type Severity, type Side } from '../ticket/ticket.events';

const SIDES = ['customer', 'vendor', 'third_party'] as const;
/** As long as a whole request: the decision answers 413 with advice. */
const TEXT = 2 * 1024 * 1024;
const CHOOSE_SEVERITY = 'Choose a severity from S1 to S4.';
const CHOOSE_ENGINEER = 'Choose an engineer.';

/** One or several of these, by comma; nothing filters nothing. */
function anyOf(values: readonly string[]): PropertyDecorator {
  const one = `(${values.join('|')})`;
  return Matches(new RegExp(`^(${one}(,${one})*)?$`), {
    message: `Give one or several of ${values.join(', ')}, with commas between.`,
  });
}

export class ProductDto {
  @IsString()
  @MaxLength(100)
  id!: string;
  @IsOptional()
  @IsString()
  @MaxLength(40)
  @OneLine()
  version?: string;
}

export class HostDto {
  @IsString()
  @MaxLength(200)
  @OneLine()
  name!: string;
  @IsString()
  @MaxLength(200)
  @OneLine()
  role!: string;
}

export class OpenTicketDto {
  /** Id of a service that your company has subscribed to. */
  @IsString()
  @MaxLength(100)
  service!: string;
  @IsIn(['issue', 'task'], { message: 'Choose issue or task.' })
  type!: 'issue' | 'task';
  /** For issues: S1 (urgent) to S4 (low). */
  @IsOptional()
  @IsIn(SEVERITIES, { message: CHOOSE_SEVERITY })
  severity?: Severity;
  @IsArray()
  @ArrayMinSize(1, { message: 'Please choose at least one product.' })
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ProductDto)
  products!: ProductDto[];
  @IsString()
  @MaxLength(300, { message: 'A subject has at most 300 characters.' })
  @OneLine()
  subject!: string;
  /** Markdown. */
  @IsString()
  @MaxLength(TEXT)
  description!: string;
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  environment?: string;
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  impact?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => HostDto)
  hosts?: HostDto[];
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  stepsTaken?: string;
}

export class ReplyDto {
  /** Markdown. */
  @IsString()
  @MaxLength(TEXT)
  body!: string;
  /** Who owes the next reply (D13); only the vendor's side chooses. */
  @IsOptional()
  @IsIn(SIDES)
  owes?: Side;
}

export class TextDto {
  /** Markdown. */
  @IsString()
  @MaxLength(TEXT)
  body!: string;
}

export class ReasonDto {
  @IsString()
  @MaxLength(TEXT)
  reason!: string;
}

export class OptionalReasonDto {
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  reason?: string;
}

export class OptionalNoteDto {
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  note?: string;
}

export class AssigneeDto {
  @IsOptional()
  @IsUUID(undefined, { message: CHOOSE_ENGINEER })
  userId?: string;
  /** Take the ticket yourself. */
  @IsOptional()
  @IsBoolean()
  me?: boolean;
}

export class HandoverDto {
  @IsUUID(undefined, { message: CHOOSE_ENGINEER })
  to!: string;
  @IsString()
  @MaxLength(TEXT)
  note!: string;
}

export class SeverityDto {
  @IsIn(SEVERITIES, { message: CHOOSE_SEVERITY })
  severity!: Severity;
  @IsString()
  @MaxLength(TEXT)
  reason!: string;
}

export class StageDto {
  @IsIn(['mitigation', 'resolution'])
  stage!: 'mitigation' | 'resolution';
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  reason?: string;
}

export class CloseDto {
  @IsIn(CLOSING_CODES)
  code!: (typeof CLOSING_CODES)[number];
  @IsString()
  @MaxLength(TEXT)
  reason!: string;
}

export class CanActionDto {
  @IsString()
  @MaxLength(TEXT)
  text!: string;
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @OneLine()
  owner?: string;
  @IsOptional()
  @IsIn(['planned', 'in_progress', 'done'])
  status?: 'planned' | 'in_progress' | 'done';
  @IsOptional()
  @Instant()
  eta?: string;
}

export class CanNeedDto {
  @IsString()
  @MaxLength(TEXT)
  text!: string;
  @IsIn(SIDES)
  from!: Side;
  @IsOptional()
  @Instant()
  due?: string;
}

export class CanReportDto {
  @IsIn(['customer', 'internal'])
  audience!: 'customer' | 'internal';
  /** The facts. */
  @IsString()
  @MaxLength(TEXT)
  conditions!: string;
  @IsOptional()
  @IsString()
  @MaxLength(TEXT)
  impact?: string;
  @IsOptional()
  @Instant()
  since?: string;
  /** An empty list says "none". */
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => CanActionDto)
  actions!: CanActionDto[];
  /** An empty list says "none". */
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => CanNeedDto)
  needs!: CanNeedDto[];
  @IsOptional()
  @Instant()
  nextReportDue?: string;
}

export class ResolutionDto {
  @IsString()
  @MaxLength(TEXT)
  symptoms!: string;
  @IsString()
  @MaxLength(TEXT)
  rootCause!: string;
  @IsString()
  @MaxLength(TEXT)
  steps!: string;
}

export class AttachmentDto {
  /** Id of a finished tus upload. */
  @IsString()
  @MaxLength(200)
  uploadId!: string;
}

export class TicketListQuery {
  /** One or several of open, awaiting_acceptance, closed, by comma. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @anyOf(['open', 'awaiting_acceptance', 'closed'])
  status?: string;
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @anyOf(['triage', 'mitigation', 'resolution', 'closed'])
  stage?: string;
  @IsOptional()
  @IsString()
  @MaxLength(20)
  @anyOf(SEVERITIES)
  severity?: string;
  @IsOptional()
  @IsString()
  @MaxLength(200)
  service?: string;
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  company?: string;
  /** `me`, `none`, or a person's id. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  assignee?: string;
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @anyOf(SIDES)
  owes?: string;
  @IsOptional()
  @IsIn(['issue', 'task'])
  type?: 'issue' | 'task';
  /** `me` or a person's id. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  requester?: string;
  @IsOptional()
  @IsIn(['-updatedAt', 'updatedAt', '-openedAt', 'openedAt', 'severity'])
  sort?: '-updatedAt' | 'updatedAt' | '-openedAt' | 'openedAt' | 'severity';
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'A limit is a number from 1 to 200.' })
  limit?: string;
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;
  @IsOptional()
  @IsIn(['true', 'false'])
  total?: 'true' | 'false';
}

export class TimelineQuery {
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;
}
