# Reads an access that was requested before (request.sh, a step of its own), waits until it is open, and connects. docs/api.md
# Nothing here requests or approves: Terraform reads data sources whenever it plans.
#   export TF_VAR_request=$(./request.sh)
#   terraform apply
terraform {
  required_providers {
    external = {
      source  = "hashicorp/external"
      version = "~> 2.3"
    }
    http = {
      source  = "hashicorp/http"
      version = "~> 3.4"
    }
  }
}

variable "drawbridge" {
  type    = string
  default = "https://drawbridge.example.com"
}

variable "request" {
  type        = string
  description = "ID of the request, as request.sh prints it"

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.request))
    error_message = "The request is an ID such as 49u4jnv."
  }
}

# Headers of data.http would be kept in the state, so what needs the key is left to data.external, which has it from the
# environment (DRAWBRIDGE_KEY).
data "http" "ready" {
  url                = "${var.drawbridge}/healthz"
  request_timeout_ms = 10000

  lifecycle {
    postcondition {
      condition     = self.status_code == 200
      error_message = "Drawbridge does not answer: HTTP ${self.status_code}."
    }
  }
}

data "external" "access" {
  program = ["bash", "${path.module}/wait.sh"]

  query = {
    address = var.drawbridge
    request = var.request
  }

  depends_on = [data.http.ready]
}

resource "terraform_data" "deploy" {
  triggers_replace = [var.request]

  connection {
    type  = "ssh"
    user  = "deploy"
    host  = data.external.access.result.host
    port  = data.external.access.result.port
    agent = true
  }

  provisioner "remote-exec" {
    inline = ["./deploy.sh"]
  }
}
