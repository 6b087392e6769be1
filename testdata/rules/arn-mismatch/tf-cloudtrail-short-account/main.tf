resource "aws_cloudtrail" "all" {
  name           = "all"
  s3_bucket_name = "trail"

  event_selector {
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3", "arn:aws:s3:::orders/"]
    }
    data_resource {
      type   = "AWS::Lambda::Function"
      values = ["arn:aws:lambda:eu-west-1:12345:function:orders"]
    }
  }
}

resource "aws_cloudtrail" "some" {
  name           = "some"
  s3_bucket_name = "trail"

  advanced_event_selector {
    field_selector {
      field       = "resources.ARN"
      starts_with = ["arn:aws:s3:::orders", "arn:aws:lambda:eu-west-1:12345"]
    }
  }
}
