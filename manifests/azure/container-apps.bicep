// Drawbridge on Azure Container Apps: two equal replicas, Azure Managed Redis, a share for undo records and the files of the audit, no stored cloud secret.
// Read against Microsoft's pages of November 2026; neither compiled nor deployed from here (unverified). docs/run.md
//
//   az deployment group create --resource-group drawbridge --template-file manifests/azure/container-apps.bicep \
//     --parameters image=… environmentSubnetId=… endpointSubnetId=… configuration=@drawbridge.yaml …

@description('The image, with its digest.')
param image string
@description('A subnet of at least /27, delegated to Microsoft.App/environments.')
param environmentSubnetId string
@description('A subnet for the private endpoints of Redis and of the share.')
param endpointSubnetId string
@description('The resource ID of a user-assigned identity with the roles of manifests/azure/roles.bicep. Its client ID is azure.clientId.')
param identityId string
@description('drawbridge.yaml as it is. It names its secrets as env:NAME.')
@secure()
param configuration string
@secure()
param slackBotToken string
@secure()
param slackSigningSecret string
@description('32 random bytes in base64. All replicas sign with it; keep a copy.')
@secure()
param markKey string
@secure()
param adminToken string
param location string = resourceGroup().location
@description('Unique in Azure: part of the names of Redis and of the share.')
param name string = 'drawbridge${uniqueString(resourceGroup().id)}'

resource redis 'Microsoft.Cache/redisEnterprise@2025-04-01' = {
  name: name
  location: location
  sku: { name: 'Balanced_B1' }
  properties: {
    minimumTlsVersion: '1.2'
    highAvailability: 'Enabled'
  }
}

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-04-01' = {
  parent: redis
  name: 'default'
  properties: {
    clientProtocol: 'Encrypted'
    port: 10000
    // One ordinary connection; the default evicts keys, which Drawbridge refuses.
    clusteringPolicy: 'EnterpriseCluster'
    evictionPolicy: 'NoEviction'
    persistence: { aofEnabled: true, aofFrequency: '1s' }
    accessKeysAuthentication: 'Enabled'
  }
}

resource redisEndpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: '${name}-redis'
  location: location
  properties: {
    subnet: { id: endpointSubnetId }
    privateLinkServiceConnections: [
      { name: 'redis', properties: { privateLinkServiceId: redis.id, groupIds: [ 'redisEnterprise' ] } }
    ]
  }
}

// NFS, which needs no key of the account; reached through the network alone.
resource files 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: take(name, 24)
  location: location
  kind: 'FileStorage'
  sku: { name: 'Premium_ZRS' }
  properties: {
    allowSharedKeyAccess: false
    publicNetworkAccess: 'Disabled'
    minimumTlsVersion: 'TLS1_2'
    // NFS has no TLS in this client; the private endpoint keeps it inside the network.
    supportsHttpsTrafficOnly: false
  }

  resource shares 'fileServices' = {
    name: 'default'

    resource undo 'shares' = {
      name: 'undo'
      properties: { enabledProtocols: 'NFS', shareQuota: 100 }
    }
  }
}

resource filesEndpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: '${name}-files'
  location: location
  properties: {
    subnet: { id: endpointSubnetId }
    privateLinkServiceConnections: [
      { name: 'files', properties: { privateLinkServiceId: files.id, groupIds: [ 'file' ] } }
    ]
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: { retentionInDays: 400, sku: { name: 'PerGB2018' } }
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'drawbridge'
  location: location
  properties: {
    vnetConfiguration: { infrastructureSubnetId: environmentSubnetId }
    workloadProfiles: [ { name: 'Consumption', workloadProfileType: 'Consumption' } ]
    zoneRedundant: true
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }

  resource undo 'storages' = {
    name: 'undo'
    properties: {
      nfsAzureFile: {
        server: '${files.name}.file.${az.environment().suffixes.storage}'
        shareName: '/${files.name}/undo'
        accessMode: 'ReadWrite'
      }
    }
  }
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'drawbridge'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: 3978
        allowInsecure: false
        transport: 'auto'
      }
      secrets: [
        { name: 'configuration', value: configuration }
        { name: 'slack-bot-token', value: slackBotToken }
        { name: 'slack-signing-secret', value: slackSigningSecret }
        { name: 'mark-key', value: markKey }
        { name: 'admin-token', value: adminToken }
        {
          name: 'redis-url'
          value: 'rediss://:${uriComponent(database.listKeys().primaryKey)}@${redis.properties.hostName}:10000'
        }
      ]
    }
    template: {
      // The longest that a stop takes is 20 seconds.
      terminationGracePeriodSeconds: 40
      scale: { minReplicas: 2, maxReplicas: 4 }
      volumes: [
        { name: 'configuration', storageType: 'Secret', secrets: [ { secretRef: 'configuration', path: 'drawbridge.yaml' } ] }
        { name: 'undo', storageType: 'NfsAzureFile', storageName: environment::undo.name }
        { name: 'data', storageType: 'EmptyDir' }
      ]
      containers: [
        {
          name: 'drawbridge'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'AZURE_CLIENT_ID', value: reference(identityId, '2023-01-31').clientId }
            { name: 'AZURE_TOKEN_CREDENTIALS', value: 'ManagedIdentityCredential' }
            { name: 'REDIS_URL', secretRef: 'redis-url' }
            { name: 'SLACK_BOT_TOKEN', secretRef: 'slack-bot-token' }
            { name: 'SLACK_SIGNING_SECRET', secretRef: 'slack-signing-secret' }
            { name: 'MARK_KEY', secretRef: 'mark-key' }
            { name: 'ADMIN_TOKEN', secretRef: 'admin-token' }
          ]
          volumeMounts: [
            { volumeName: 'configuration', mountPath: '/etc/drawbridge' }
            { volumeName: 'undo', mountPath: '/shared' }
            { volumeName: 'data', mountPath: '/data' }
          ]
          probes: [
            { type: 'Liveness', httpGet: { path: '/healthz', port: 3978 }, periodSeconds: 10, failureThreshold: 6 }
            { type: 'Readiness', httpGet: { path: '/readyz', port: 3978 }, periodSeconds: 5, timeoutSeconds: 3 }
            { type: 'Startup', httpGet: { path: '/healthz', port: 3978 }, periodSeconds: 2, failureThreshold: 30 }
          ]
        }
      ]
    }
  }
  dependsOn: [ redisEndpoint, filesEndpoint ]
}

output address string = 'https://${app.properties.configuration.ingress.fqdn}'
