# The same roles and policies for Terraform: it deploys the template beside it, so there is only one definition.
#   module "drawbridge" {
#     source       = "./manifests/aws"
#     principal    = "arn:aws:iam::111122223333:role/drawbridge"
#     external_id  = var.external_id
#     installation = "prod"
#   }
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "principal" {
  type        = string
  description = "ARN of the role or user that Drawbridge runs as"
}

variable "external_id" {
  type        = string
  sensitive   = true
  description = "The value of aws.accounts[].role.externalId in drawbridge.yaml"
}

variable "installation" {
  type        = string
  description = "The value of installation in drawbridge.yaml"
}

variable "strategy" {
  type        = string
  default     = "dedicated"
  description = "The value of aws.strategy in drawbridge.yaml: dedicated or perRequest"
}

variable "entitlement" {
  type        = string
  default     = "none"
  description = "iam if drawbridge.yaml sets aws.entitlement"
}

variable "cut_sessions" {
  type        = string
  default     = ""
  description = "The value of aws.cutSessions.document in drawbridge.yaml; empty if sessions are not cut"
}

variable "flow_logs" {
  type        = string
  default     = ""
  description = "With aws.flowLogs, the name of the log group that flow logs go to; empty if they are not read"
}

resource "aws_cloudformation_stack" "drawbridge" {
  name          = "drawbridge"
  template_body = file("${path.module}/roles.yaml")
  capabilities  = ["CAPABILITY_NAMED_IAM"]
  parameters = {
    Principal    = var.principal
    ExternalId   = var.external_id
    Installation = var.installation
    Strategy     = var.strategy
    Entitlement  = var.entitlement
    CutSessions  = var.cut_sessions
    FlowLogs     = var.flow_logs
  }
}

output "operator_arn" {
  value = aws_cloudformation_stack.drawbridge.outputs["OperatorArn"]
}

output "onboarder_arn" {
  value = aws_cloudformation_stack.drawbridge.outputs["OnboarderArn"]
}
