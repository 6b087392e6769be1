//! IAM: roles, policies, and what attaches one to the other.

use super::entities;
use crate::value::{Kind, Part, ResourceId, Str, Value};

entities! {
    /// A role.
    Role: "AWS::IAM::Role" | "aws_iam_role" {
        /// Who may assume it.
        trust: "AssumeRolePolicyDocument" | "assume_role_policy",
        /// Inline policies: each has a name and a document.
        inline: "Policies" | "inline_policy",
        /// ARNs of attached policies.
        managed: "ManagedPolicyArns" | "managed_policy_arns",
        /// ARN of the policy that bounds what the others grant.
        boundary: "PermissionsBoundary" | "permissions_boundary",
    }

    /// A policy that is attached by its ARN. CloudFormation's may name the roles itself.
    ManagedPolicy: "AWS::IAM::ManagedPolicy" | "aws_iam_policy" {
        /// The document.
        policy: "PolicyDocument" | "policy",
        /// Names of roles that it is attached to.
        roles: "Roles" | "-",
    }

    /// An inline policy of one role, as a resource of its own.
    RolePolicy: "AWS::IAM::RolePolicy" | "aws_iam_role_policy" {
        /// Its name.
        name: "PolicyName" | "name",
        /// The role's name.
        role: "RoleName" | "role",
        /// The document.
        policy: "PolicyDocument" | "policy",
    }

    /// An inline policy of several roles (CloudFormation).
    Policy: "AWS::IAM::Policy" | "-" {
        /// Its name.
        name: "PolicyName" | "-",
        /// Names of the roles.
        roles: "Roles" | "-",
        /// The document.
        policy: "PolicyDocument" | "-",
    }

    /// A policy on a role (Terraform).
    RolePolicyAttachment: "-" | "aws_iam_role_policy_attachment" {
        /// The role's name.
        role: "-" | "role",
        /// The policy's ARN.
        policy_arn: "-" | "policy_arn",
    }

    /// A policy on users, groups and roles, and on no others (Terraform).
    PolicyAttachment: "-" | "aws_iam_policy_attachment" {
        /// Names of the roles.
        roles: "-" | "roles",
        /// The policy's ARN.
        policy_arn: "-" | "policy_arn",
    }

    /// All the managed policies that a role has: others are detached (Terraform).
    ExclusiveAttachments: "-" | "aws_iam_role_policy_attachments_exclusive" {
        /// The role's name.
        role: "-" | "role_name",
        /// ARNs of the policies.
        policy_arns: "-" | "policy_arns",
    }

    /// All the inline policies that a role has: others are removed (Terraform).
    ExclusivePolicies: "-" | "aws_iam_role_policies_exclusive" {
        /// The role's name.
        role: "-" | "role_name",
        /// Names of the policies.
        policy_names: "-" | "policy_names",
    }
}

/// The resource that a value refers to, where it is a reference to one of its attributes and nothing else.
pub fn reference(value: &Value) -> Option<(ResourceId, Str)> {
    let attr = match &value.kind {
        Kind::Attr(attr) => attr,
        Kind::Text(text) => match text.holes()? {
            [Part::Attr(attr)] => attr,
            _ => return None,
        },
        _ => return None,
    };
    Some((attr.resource, attr.path.clone()))
}
