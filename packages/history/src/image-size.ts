/** Width and height in pixels, as the header of a file has them. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the size of a PNG, JPEG, GIF or WebP image from its base64. It decodes only the bytes that
 * it looks at, so the length of the image doesn't matter. The result is undefined if the format is
 * another one, the header is cut off or broken, or a side is 0.
 */
export function imageSize(base64: string): ImageSize | undefined {
  const size = headerSize(base64);
  // What can't be read is NaN, which isn't above 0 either.
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function headerSize(data: string): ImageSize | undefined {
  // "\x89PNG", and the length of the first chunk, which has the size.
  if (bigEndian(data, 0, 4) === 0x89504e47) {
    return { width: bigEndian(data, 16, 4), height: bigEndian(data, 20, 4) };
  }
  // "GIF8"
  if (bigEndian(data, 0, 4) === 0x47494638) {
    return { width: littleEndian(data, 6, 2), height: littleEndian(data, 8, 2) };
  }
  // "RIFF", and "WEBP" behind the length of the file.
  if (bigEndian(data, 0, 4) === 0x52494646 && bigEndian(data, 8, 4) === 0x57454250) {
    return webpSize(data);
  }
  return bigEndian(data, 0, 2) === 0xffd8 ? jpegSize(data) : undefined;
}

function webpSize(data: string): ImageSize | undefined {
  switch (bigEndian(data, 12, 4)) {
    // "VP8 ": 14 bits for each side, the two above them scale.
    case 0x56503820:
      return {
        width: littleEndian(data, 26, 2) % 2 ** 14,
        height: littleEndian(data, 28, 2) % 2 ** 14,
      };
    // "VP8L": 14 bits for each side in a row, less one.
    case 0x5650384c: {
      const bits = littleEndian(data, 21, 4);
      return {
        width: (bits % 2 ** 14) + 1,
        height: (Math.floor(bits / 2 ** 14) % 2 ** 14) + 1,
      };
    }
    // "VP8X": 24 bits for each side, less one.
    case 0x56503858:
      return { width: littleEndian(data, 24, 3) + 1, height: littleEndian(data, 27, 3) + 1 };
    default:
      return undefined;
  }
}

/** Goes from segment to segment until one starts a frame: that one has the size. */
function jpegSize(data: string): ImageSize | undefined {
  let at = 2;
  while (byteAt(data, at) === 0xff) {
    const marker = byteAt(data, at + 1);
    if (marker === 0xff) {
      // A byte that only fills.
      at += 1;
    } else if (isStartOfFrame(marker)) {
      return { width: bigEndian(data, at + 7, 2), height: bigEndian(data, at + 5, 2) };
    } else {
      const length = bigEndian(data, at + 2, 2);
      // Shorter than itself, or cut off.
      if (!(length >= 2)) return undefined;
      at += 2 + length;
    }
  }
  return undefined;
}

/** C4, C8 and CC stand among those that start a frame, and are tables. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function bigEndian(data: string, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i += 1) value = value * 256 + byteAt(data, at + i);
  return value;
}

function littleEndian(data: string, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i -= 1) value = value * 256 + byteAt(data, at + i);
  return value;
}

/** One byte of what is in base64: NaN behind its end, or if it isn't base64 there. */
function byteAt(data: string, at: number): number {
  // Byte 0 is in characters 0 and 1 of its group of four, byte 1 in 1 and 2, byte 2 in 2 and 3.
  const third = at % 3;
  const first = ((at - third) / 3) * 4 + third;
  const high = sixBits(data.charCodeAt(first));
  const low = sixBits(data.charCodeAt(first + 1));
  // Not by bits: they make 0 of NaN.
  return Math.floor((high * 64 + low) / 2 ** (4 - 2 * third)) % 256;
}

/** The value of a character of base64, or of its form for URLs; NaN for any other. */
function sixBits(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43 || code === 45) return 62;
  if (code === 47 || code === 95) return 63;
  return Number.NaN;
}
