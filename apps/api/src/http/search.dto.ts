import { IsOptional, IsString, MaxLength } from 'class-validator';

export class SearchQueryDto {
  /** Words, or a ticket's number. */
  @IsString()
  @MaxLength(500)
  q!: string;
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;
}

export class SearchHitDto {
  kind!: string;
  id!: string;
  number?: string;
  title!: string;
  excerpt!: string;
  /** Start and end (exclusive) of each match in the excerpt. */
  marks!: number[][];
}

export class SearchResultsDto {
  items!: SearchHitDto[];
  nextCursor?: string;
}
