/** The bucket: runs, and the inbox. */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { EXPIRING_TAG, INBOX, RUNS, SWEEPS } from '../bucket.ts';
import type { Settings } from './settings.ts';

export class Storage extends Construct {
  readonly bucket: Bucket;
  /** Where runs and sweeps are kept, and where specs are dropped: URIs. */
  readonly runs: string;
  readonly sweeps: string;
  readonly inbox: string;

  constructor(scope: Construct, id: string, { generationDays }: Settings) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // A first deployment that fails leaves nothing; after that the results outlive the stack.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        { id: 'UnfinishedUploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        {
          // Objects of runs, and of runs that are cells of sweeps: nothing else carries the tag.
          id: 'Generations',
          tagFilters: { [EXPIRING_TAG.key]: EXPIRING_TAG.value },
          expiration: Duration.days(generationDays),
        },
      ],
    });
    // Plain CloudFormation; the construct's own option would add a Python function that calls S3.
    const { defaultChild } = this.bucket.node;
    if (defaultChild instanceof CfnBucket) {
      defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
    this.runs = `s3://${this.bucket.bucketName}/${RUNS}`;
    this.sweeps = `s3://${this.bucket.bucketName}/${SWEEPS}`;
    this.inbox = `s3://${this.bucket.bucketName}/${INBOX}`;
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'A run makes a few requests per chunk and stores little: an access log would outgrow the data. Only the roles of this stack and the account itself can reach the bucket; CloudTrail data events can be switched on where an audit trail is wanted.',
    });
  }
}
