import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import type { SearchIndex } from '@casebook/search';
import { scopeOf } from '@casebook/ticketing';
import { SearchQueryDto, SearchResultsDto } from './search.dto';

export const SEARCH = Symbol('search index');

@ApiTags('search')
@ApiBearerAuth()
@Controller('api/search')
export class SearchController {
  constructor(@Inject(SEARCH) private readonly index: SearchIndex) {}

  /** Finds tickets by number and by words; the last word may be unfinished. */
  @Get()
  @ApiOkResponse({ type: SearchResultsDto })
  async search(
    @Query() { q, cursor }: SearchQueryDto,
    @CurrentPrincipal() { actor }: RequestPrincipal,
  ): Promise<SearchResultsDto> {
    const page = await this.index.search(scopeOf(actor), q, cursor === undefined ? {} : { after: cursor });
    return {
      items: page.items.map(({ kind, id, ref, title, excerpt }) => ({
        kind,
        id,
        ...(ref !== undefined && { number: ref }),
        title: title.text,
        excerpt: excerpt.text,
        marks: excerpt.marks.map(({ start, end }) => [start, end]),
      })),
      ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
    };
  }
}
