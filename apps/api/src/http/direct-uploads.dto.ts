import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** 5 TB, which is what S3 takes as one object. */
const MOST_BYTES = 5_000_000_000_000;

export class BeginDirectUploadDto {
  @IsString()
  @MaxLength(1_000)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(255)
  type?: string;

  /** Plain bytes. */
  @IsInt()
  @Min(1)
  @Max(MOST_BYTES)
  size!: number;
}
export class PartNumbersDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsInt({ each: true })
  parts!: number[];
}
export class DirectUploadsDto {
  offered!: boolean;
  leastBytes!: number;
}
export class DirectUploadDto {
  id!: string;
  objectName!: string;
  /** Base64 of 32 bytes. */
  key!: string;
  session!: number;
  size!: number;
  partChunks!: number;
  /** Numbers of parts that are there already. */
  have!: number[];
}
export class PartAddressDto {
  number!: number;
  url!: string;
}
export class PartAddressesDto {
  items!: PartAddressDto[];
}
export class DirectProgressDto {
  state!: 'checking' | 'done';
  /** Plain bytes checked. */
  checked!: number;
}
