// Roles for Drawbridge. Deploy them once in each tenant, in one of its subscriptions, and name all that drawbridge.yaml lists:
//   az deployment sub create --location westeurope --template-file roles.bicep \
//     --parameters scopes='["/subscriptions/<one>","/subscriptions/<other>"]'
// and assign them to the app in azure.clientId, in each of them: docs/azure.md. roles.json is the same without Bicep.
// The operator that matches azure.backend is enough to open and close. With Defender, protecting needs the onboarder too: assign
// it while you protect machines, as Defender requires virtualMachines/write for that ("Just-in-time VM access", permissions).
// For machines behind Azure Firewall, assign its operator too, and also where the firewalls are.
targetScope = 'subscription'

// NB. Names of roles are unique in a tenant: a second deployment, in another subscription, is refused.
@description('Where the roles can be assigned: the IDs of all subscriptions of the tenant that Drawbridge serves.')
param scopes array = [
  subscription().id
]

resource operatorDefender 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorDefender')
  properties: {
    roleName: 'Drawbridge operator (Defender)'
    description: 'Opens and closes through existing just-in-time policies (azure.backend: defender)'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Compute/virtualMachineScaleSets/read'
          'Microsoft.Network/networkInterfaces/read'
          'Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action'
          'Microsoft.Network/networkSecurityGroups/read'
          'Microsoft.Network/virtualNetworks/subnets/read'
          'Microsoft.Network/routeTables/read'
          'Microsoft.Network/loadBalancers/read'
          'Microsoft.Network/virtualNetworks/read'
          'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action'
          'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations/action'
          'Microsoft.Network/azureFirewalls/read'
          'Microsoft.Network/locations/operations/read'
          'Microsoft.Network/locations/operationResults/read'
          'Microsoft.Security/locations/jitNetworkAccessPolicies/read'
          'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action'
          'Microsoft.Network/publicIPAddresses/read'
          'Microsoft.Network/networkSecurityGroups/securityRules/delete'
          'Microsoft.Authorization/locks/read'
          'Microsoft.Authorization/permissions/read'
          'Microsoft.Security/assessments/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource onboarderDefender 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'onboarderDefender')
  properties: {
    roleName: 'Drawbridge onboarder (Defender)'
    description: 'Protects machines by writing just-in-time policies; assign it together with the operator'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Security/locations/jitNetworkAccessPolicies/write'
          'Microsoft.Security/locations/jitNetworkAccessPolicies/delete'
          'Microsoft.Compute/virtualMachines/write'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource operatorRules 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorRules')
  properties: {
    roleName: 'Drawbridge operator (network security groups)'
    description: 'Protects, opens, and closes with rules of its own (azure.backend: nsg)'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Compute/virtualMachineScaleSets/read'
          'Microsoft.Network/networkInterfaces/read'
          'Microsoft.Network/networkInterfaces/effectiveNetworkSecurityGroups/action'
          'Microsoft.Network/networkSecurityGroups/read'
          'Microsoft.Network/virtualNetworks/subnets/read'
          'Microsoft.Network/locations/operations/read'
          'Microsoft.Network/locations/operationResults/read'
          'Microsoft.Network/networkSecurityGroups/securityRules/write'
          'Microsoft.Network/networkSecurityGroups/securityRules/delete'
          'Microsoft.Authorization/locks/read'
          'Microsoft.Authorization/permissions/read'
          'Microsoft.Network/routeTables/read'
          'Microsoft.Network/loadBalancers/read'
          'Microsoft.Network/publicIPAddresses/read'
          'Microsoft.Network/virtualNetworks/read'
          'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action'
          'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations/action'
          'Microsoft.Network/azureFirewalls/read'
          'Microsoft.Network/firewallPolicies/read'
          'Microsoft.Network/firewallPolicies/ruleCollectionGroups/read'
          'Microsoft.Network/ipGroups/read'
          'Microsoft.Security/assessments/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource operatorFirewall 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorFirewall')
  properties: {
    roleName: 'Drawbridge operator (Azure Firewall)'
    description: 'Opens and closes through firewalls; assign it together with the operator for network security groups'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Network/azureFirewalls/write'
          'Microsoft.Network/firewallPolicies/ruleCollectionGroups/write'
          'Microsoft.Network/firewallPolicies/ruleCollectionGroups/delete'
          'Microsoft.Network/virtualNetworks/subnets/join/action'
          'Microsoft.Network/publicIPAddresses/join/action'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource requester 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'requester')
  properties: {
    roleName: 'Drawbridge requester'
    description: 'For requesters: what azure.entitlement checks, and what Defender itself requires of people'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Security/locations/jitNetworkAccessPolicies/read'
          'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action'
          'Microsoft.Security/policies/read'
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Network/networkInterfaces/read'
          'Microsoft.Network/publicIPAddresses/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource bastionReader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'bastionReader')
  properties: {
    roleName: 'Drawbridge operator (Bastion)'
    description: 'Finds the Azure Bastion that reaches a machine, for `from bastion`; assign it together with an operator, and also where the Bastions are'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Network/bastionHosts/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource operatorRoles 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorRoles')
  properties: {
    roleName: 'Drawbridge operator (roles of people)'
    description: 'Reads the roles of requesters, for azure.entitlement: rbac; assign it together with an operator, ideally at the management group'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Resources/subscriptions/read'
          'Microsoft.Authorization/roleAssignments/read'
          'Microsoft.Authorization/roleDefinitions/read'
          'Microsoft.Authorization/denyAssignments/read'
          'Microsoft.Authorization/roleEligibilityScheduleInstances/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource operatorUnits 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorUnits')
  properties: {
    roleName: 'Drawbridge operator (management groups)'
    description: 'Shows which management groups a subscription is in, for azure.units; assign it together with an operator'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Resources/subscriptions/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource operatorLog 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorLog')
  properties: {
    roleName: 'Drawbridge operator (activity log)'
    description: 'Reads who wrote in the subscription, for audit.cloudLogs; assign it at the subscription together with an operator'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Insights/eventtypes/values/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource operatorSecrets 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'operatorSecrets')
  properties: {
    roleName: 'Drawbridge operator (secrets)'
    description: 'Reads the secrets of Drawbridge from Key Vault; assign it at the vault, or at each secret'
    type: 'CustomRole'
    permissions: [
      {
        actions: []
        dataActions: [
          'Microsoft.KeyVault/vaults/secrets/getSecret/action'
        ]
      }
    ]
    assignableScopes: [
      subscription().id
    ]
  }
}

resource configurer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'configurer')
  properties: {
    roleName: 'Drawbridge configurer'
    description: 'For people who protect machines themselves, in the portal or with PowerShell ("Just-in-time VM access", permissions)'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Security/locations/jitNetworkAccessPolicies/read'
          'Microsoft.Security/locations/jitNetworkAccessPolicies/write'
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Compute/virtualMachines/write'
        ]
      }
    ]
    assignableScopes: scopes
  }
}

resource reader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'drawbridge', 'reader')
  properties: {
    roleName: 'Drawbridge reader'
    description: 'For people who view protections and requests; it cannot open anything'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Security/locations/jitNetworkAccessPolicies/read'
          'Microsoft.Security/policies/read'
          'Microsoft.Security/pricings/read'
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Network/networkInterfaces/read'
          'Microsoft.Network/networkSecurityGroups/read'
          'Microsoft.Network/publicIPAddresses/read'
        ]
      }
    ]
    assignableScopes: scopes
  }
}
