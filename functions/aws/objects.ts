import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { TransientError } from '../case/errors.ts';
import { checkKey, checkPrefix, checkRange } from '../case/object-key.ts';
import { NotFoundError, type Objects } from '../case/ports.ts';

/** S3 takes 10,000 parts, so 80 GB; three at a time, so about 32 MB of memory for each upload. */
const partSize = 8 * 1024 * 1024;
const queueSize = 3;

/** Objects in two S3 buckets: `temporary/` is erased, `records/` is kept. */
export function s3Objects(client: S3Client, buckets: { temporary: string; records: string }): Objects {
  const bucketOf = (key: string) => (key.startsWith('temporary/') ? buckets.temporary : buckets.records);
  const place = (Key: string) => ({ Bucket: bucketOf(Key), Key });

  async function size(key: string): Promise<number | undefined> {
    checkKey(key);
    try {
      return (await client.send(new HeadObjectCommand(place(key)))).ContentLength;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  return {
    async put(key, body) {
      checkKey(key);
      if (body instanceof Uint8Array && body.length <= partSize) {
        await client.send(new PutObjectCommand({ ...place(key), Body: body }));
        return;
      }
      const Body =
        body instanceof Uint8Array ? body : Readable.from(body, { objectMode: true, highWaterMark: 1 });
      await new Upload({ client, partSize, queueSize, params: { ...place(key), Body } }).done();
    },
    size,
    async *get(key, range) {
      checkKey(key);
      checkRange(range);
      if (range && range.start === range.end) {
        if ((await size(key)) === undefined) throw missing(key);
        return;
      }
      yield* download(client, place(key), range);
    },
    async *list(prefix) {
      checkPrefix(prefix);
      for await (const page of paginateListObjectsV2(
        { client },
        { Bucket: bucketOf(prefix), Prefix: prefix },
      )) {
        for (const object of page.Contents ?? []) yield { key: object.Key!, size: object.Size! };
      }
    },
    async deleteAll(prefix) {
      checkPrefix(prefix);
      const Bucket = bucketOf(prefix);
      await abortUploads(client, Bucket, prefix);
      let count = 0;
      let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (marker) {
        const list = new ListObjectVersionsCommand({ Bucket, Prefix: prefix, ...marker });
        const page: ListObjectVersionsCommandOutput = await client.send(list);
        const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
        await deleteVersions(client, Bucket, versions as ObjectIdentifier[]);
        // The last key of the page before was counted there: without its newest version, the next calls itself the latest.
        const counted = marker.KeyMarker;
        count += page.Versions?.filter(({ IsLatest, Key }) => IsLatest && Key !== counted).length ?? 0;
        marker = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      }
      return count;
    },
  };
}

/** Reads on from where a connection broke, and only from the same object. */
async function* download(
  client: S3Client,
  place: { Bucket: string; Key: string },
  range: { start: number; end?: number } | undefined,
): AsyncGenerator<Uint8Array> {
  let position = range?.start ?? 0;
  const last = range?.end === undefined ? '' : String(range.end - 1);
  let etag: string | undefined;
  for (let failures = 0; ; ) {
    const wanted = position > 0 || last ? { Range: `bytes=${position}-${last}` } : {};
    const command = new GetObjectCommand({ ...place, ...wanted, ...(etag && { IfMatch: etag }) });
    const answer = await client.send(command).catch((error: Error) => {
      if (isMissing(error)) throw missing(place.Key);
      // The range begins at the end of the object, or after it: there is nothing to read.
      if (error.name === 'InvalidRange') return undefined;
      throw error;
    });
    if (!answer) return;
    etag = answer.ETag;
    const body = answer.Body as Readable;
    try {
      for await (const chunk of body) {
        position += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
      return;
    } catch (error) {
      if (!etag || ++failures === 4)
        throw new TransientError('Object storage broke off four times.', { cause: error });
    } finally {
      body.destroy();
    }
  }
}

/** 1,000 at most, as ListObjectVersions gives them. */
async function deleteVersions(client: S3Client, Bucket: string, versions: ObjectIdentifier[]): Promise<void> {
  if (versions.length === 0) return;
  const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
  const { Errors } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  if (Errors && Errors.length > 0) {
    throw new TransientError(
      `${Errors.length} objects could not be deleted (${Errors[0]!.Code}); the rest was.`,
    );
  }
}

/** Parts of uploads that never ended are copies too, and no list of objects shows them. */
async function abortUploads(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (marker) {
    const list = new ListMultipartUploadsCommand({ Bucket, Prefix, ...marker });
    const page: ListMultipartUploadsCommandOutput = await client.send(list);
    for (const { Key, UploadId } of page.Uploads ?? []) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch((error: Error) => {
        if (error.name !== 'NoSuchUpload') throw error;
      });
    }
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      : undefined;
  }
}

const missing = (key: string) => new NotFoundError(`There is no object ${key}.`);

const isMissing = (error: unknown) => ['NoSuchKey', 'NotFound'].includes((error as Error).name);
