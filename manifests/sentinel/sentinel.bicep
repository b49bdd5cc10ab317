// Drawbridge's audit in Microsoft Sentinel: the table, the data collection rule that fills it, the functions, hunting queries, and a workbook.
//   az deployment group create -g <resource group of the workspace> -f sentinel.bicep \
//     -p workspaceName=<workspace> principalId=<object ID of the identity that Drawbridge runs as>
// The outputs go into drawbridge.yaml, as audit.azureLogs.endpoint, audit.azureLogs.rule, and audit.azureLogs.resource.

@description('Log Analytics workspace that Sentinel is on, in this resource group')
param workspaceName string

@description('Object ID of the identity that Drawbridge runs as: it may send to the rule, and read which columns it and the table have')
param principalId string

@description('Region of the workspace')
param location string = resourceGroup().location

@description('Days that rows can be queried, and days that they are kept')
@minValue(30)
@maxValue(730)
param retentionDays int = 365

@minValue(30)
@maxValue(4383)
param totalRetentionDays int = 400

var columns = loadJsonContent('columns.json')
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'

resource workspace 'Microsoft.OperationalInsights/workspaces@2022-10-01' existing = {
  name: workspaceName
}

resource table 'Microsoft.OperationalInsights/workspaces/tables@2022-10-01' = {
  parent: workspace
  name: 'Drawbridge_CL'
  properties: {
    plan: 'Analytics'
    retentionInDays: retentionDays
    totalRetentionInDays: totalRetentionDays
    schema: {
      name: 'Drawbridge_CL'
      columns: columns
    }
  }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: 'drawbridge-audit'
  location: location
  kind: 'Direct'
  properties: {
    streamDeclarations: {
      'Custom-Drawbridge': {
        columns: map(columns, column => { name: column.name, type: column.type })
      }
    }
    destinations: {
      logAnalytics: [
        {
          name: 'workspace'
          workspaceResourceId: workspace.id
        }
      ]
    }
    dataFlows: [
      {
        streams: ['Custom-Drawbridge']
        destinations: ['workspace']
        transformKql: 'source'
        outputStream: 'Custom-Drawbridge_CL'
      }
    ]
  }
  dependsOn: [table]
}

resource sender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(rule.id, principalId, monitoringMetricsPublisher)
  scope: rule
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

// Which columns there are: Azure drops others without telling, and the doctor says so. Rows take a right at the workspace, which it has not.
resource readsRule 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(rule.id, principalId, reader)
  scope: rule
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', reader)
  }
}

resource readsTable 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(table.id, principalId, reader)
  scope: table
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', reader)
  }
}

resource audit 'Microsoft.OperationalInsights/workspaces/savedSearches@2020-08-01' = {
  parent: workspace
  name: 'drawbridge-audit'
  properties: {
    category: 'Function'
    displayName: 'Drawbridge: each record of the audit once'
    functionAlias: 'DrawbridgeAudit'
    query: loadTextContent('drawbridge-audit.kql')
    version: 2
  }
  dependsOn: [table]
}

resource asim 'Microsoft.OperationalInsights/workspaces/savedSearches@2020-08-01' = {
  parent: workspace
  name: 'drawbridge-asim-audit-event'
  properties: {
    category: 'ASIM'
    displayName: 'Drawbridge: ASIM AuditEvent'
    functionAlias: 'ASimAuditEventDrawbridge'
    functionParameters: 'disabled:bool=false'
    query: loadTextContent('asim-audit-event.kql')
    version: 2
  }
  dependsOn: [audit]
}

var hunts = [
  { name: 'who-asked-who-approved', title: 'Who asked, who approved, when, on which machine, from where', tactics: 'InitialAccess,LateralMovement', query: loadTextContent('queries/who-asked-who-approved.kql') }
  { name: 'first-seen', title: 'First time that a person asked for access, for a machine, or from a source', tactics: 'InitialAccess,Persistence', query: loadTextContent('queries/first-seen.kql') }
  { name: 'openings-without-a-request', title: 'Openings without a request, and writes past Drawbridge that the clouds\' own logs show', tactics: 'DefenseEvasion,InitialAccess', query: loadTextContent('queries/openings-without-a-request.kql') }
  { name: 'late-closings', title: 'Closed later than its end, or not yet', tactics: 'Persistence', query: loadTextContent('queries/late-closings.kql') }
  { name: 'denied-then-approved-elsewhere', title: 'Denied by one, and approved by somebody else within a day', tactics: 'DefenseEvasion,PrivilegeEscalation', query: loadTextContent('queries/denied-then-approved-elsewhere.kql') }
  { name: 'approved-in-seconds', title: 'Approved by a person within five seconds of being asked', tactics: 'PrivilegeEscalation', query: loadTextContent('queries/approved-in-seconds.kql') }
  { name: 'same-source-many-people', title: 'The same address for several people', tactics: 'InitialAccess,CredentialAccess', query: loadTextContent('queries/same-source-many-people.kql') }
  { name: 'out-of-hours', title: 'Opened at night or at the weekend, by local time', tactics: 'InitialAccess', query: loadTextContent('queries/out-of-hours.kql') }
  { name: 'break-glass-without-review', title: 'Glass was broken, and nobody reviewed it in three days, or a review found it wrong', tactics: 'PrivilegeEscalation', query: loadTextContent('queries/break-glass-without-review.kql') }
  { name: 'protect-and-unprotect', title: 'Machines whose protection ended or whose standing rules were put back, and whether it was protected again', tactics: 'DefenseEvasion', query: loadTextContent('queries/protect-and-unprotect.kql') }
]

resource hunting 'Microsoft.OperationalInsights/workspaces/savedSearches@2020-08-01' = [
  for hunt in hunts: {
    parent: workspace
    name: 'drawbridge-${hunt.name}'
    properties: {
      category: 'Hunting Queries'
      displayName: 'Drawbridge: ${hunt.title}'
      query: hunt.query
      version: 2
      tags: [
        { name: 'description', value: hunt.title }
        { name: 'tactics', value: hunt.tactics }
      ]
    }
    dependsOn: [audit]
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'drawbridge')
  location: location
  kind: 'shared'
  properties: {
    category: 'sentinel'
    displayName: 'Drawbridge'
    sourceId: workspace.id
    version: '1.0'
    serializedData: loadTextContent('workbook.json')
  }
  dependsOn: [audit]
}

output endpoint string = rule.properties.endpoints.logsIngestion
output rule string = rule.properties.immutableId
output resource string = rule.id
