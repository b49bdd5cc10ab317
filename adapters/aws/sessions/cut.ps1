# Drawbridge: cuts the TCP connections of one source to some ports of this machine, and says what is left of them.
$ErrorActionPreference = 'Stop'
$source = '{{ Source }}'
$ports = '{{ Ports }}'

# Windows ends a single connection through SetTcpEntry alone, which knows IPv4 alone.
Add-Type -TypeDefinition @'
using System;
using System.Runtime.InteropServices;
public static class DrawbridgeTcp {
  [StructLayout(LayoutKind.Sequential)]
  public struct Row { public uint State, LocalAddress, LocalPort, RemoteAddress, RemotePort; }
  [DllImport("iphlpapi.dll")]
  public static extern int SetTcpEntry(ref Row row);
}
'@

$network, $length = $source -split '/'
$wanted = [System.Net.IPAddress]::Parse($network).GetAddressBytes()

function Test-Source([string] $address) {
  $bytes = [System.Net.IPAddress]::Parse(($address -split '%')[0]).GetAddressBytes()
  if ($bytes.Length -ne $wanted.Length) { return $false }
  for ($bit = 0; $bit -lt [int] $length; $bit++) {
    $mask = 0x80 -shr ($bit % 8)
    $at = [math]::Floor($bit / 8)
    if (($bytes[$at] -band $mask) -ne ($wanted[$at] -band $mask)) { return $false }
  }
  return $true
}

function Get-Open([int] $port) {
  @(Get-NetTCPConnection -LocalPort $port -ErrorAction SilentlyContinue |
    Where-Object { @('Established', 'SynReceived', 'CloseWait') -contains [string] $_.State } |
    Where-Object { Test-Source $_.RemoteAddress })
}

function Get-Number([string] $address) {
  [System.BitConverter]::ToUInt32([System.Net.IPAddress]::Parse($address).GetAddressBytes(), 0)
}

# In the byte order of the network.
function Get-NetworkPort([int] $port) { [uint32] ((($port -band 0xff) -shl 8) -bor ($port -shr 8)) }

try {
  if (-not (Get-Command Get-NetTCPConnection -ErrorAction SilentlyContinue)) { throw 'no-command' }
  foreach ($text in $ports -split ',') {
    $port = [int] $text
    $open = Get-Open $port
    foreach ($one in $open) {
      if ($one.RemoteAddress -match ':') { continue }
      $row = New-Object DrawbridgeTcp+Row
      $row.State = 12 # MIB_TCP_STATE_DELETE_TCB
      $row.LocalAddress = Get-Number $one.LocalAddress
      $row.LocalPort = Get-NetworkPort $one.LocalPort
      $row.RemoteAddress = Get-Number $one.RemoteAddress
      $row.RemotePort = Get-NetworkPort $one.RemotePort
      [void] [DrawbridgeTcp]::SetTcpEntry([ref] $row)
    }
    $left = Get-Open $port
    "drawbridge port=$port found=$($open.Count) left=$($left.Count)"
  }
} catch {
  'drawbridge error=windows-failed'
  exit 1
}
