{{/* The names of this release's objects. Names of pods and their revisions are longer, and have to fit into labels. */}}
{{- define "empego-gateway.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 46 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 46 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods, and never changes. The name is also the job that the alerts select. */}}
{{- define "empego-gateway.selector" -}}
app.kubernetes.io/name: empego-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "empego-gateway.labels" -}}
{{ include "empego-gateway.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The metadata that every object has, less its name; called with the root, and labels and annotations of its own. */}}
{{- define "empego-gateway.metadata" -}}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "empego-gateway.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "empego-gateway.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "empego-gateway.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "empego-gateway.home" -}}/var/lib/empego-gateway{{- end -}}

{{/*
What follows from gateway.toml, as JSON. The program itself judges the whole file; refused here is only what the program
cannot see, because it is about pods.
*/}}
{{- define "empego-gateway.facts" -}}
{{- $config := fromToml .Values.config -}}
{{- if hasKey $config "Error" -}}
{{- fail (printf "config is not TOML: %s" $config.Error) -}}
{{- end -}}
{{- $server := $config.server | default dict -}}
{{- $facts := dict "tls" (hasKey $config "tls") -}}
{{- range $key, $address := dict "listen" ($server.listen | default "127.0.0.1:8080") "admin_listen" ($server.admin_listen | default "127.0.0.1:9090") -}}
{{- if regexMatch "^(127\\.|localhost:|\\[::1\\])" $address -}}
{{- fail (printf "config: server.%s is %s, which nothing outside the pod reaches: set an address such as 0.0.0.0:%s" $key $address (regexFind "[0-9]+$" $address)) -}}
{{- end -}}
{{- if not (regexMatch ":[0-9]+$" $address) -}}
{{- fail (printf "config: server.%s is %s, which has no port" $key $address) -}}
{{- end -}}
{{- $_ := set $facts $key (regexFind "[0-9]+$" $address | int) -}}
{{- end -}}
{{- if eq (toString $facts.listen) (toString $facts.admin_listen) -}}
{{- fail "config: server.listen and server.admin_listen have the same port" -}}
{{- end -}}

{{- $grace := 30 -}}
{{- if hasKey $server "shutdown_grace_secs" -}}{{- $grace = $server.shutdown_grace_secs -}}{{- end -}}
{{- $delay := $server.shutdown_delay_secs | default 0 -}}
{{- /* Ten seconds are for background tasks and for ending the trail. */ -}}
{{- $_ := set $facts "grace" (add .Values.preStopSeconds $delay $grace 10) -}}

{{- $audit := $config.audit | default dict -}}
{{- $sink := "off" -}}
{{- if hasKey $config "audit" -}}{{- $sink = $audit.sink | default "file" -}}{{- end -}}
{{- $store := $config.store | default dict -}}
{{- $sqlite := eq ($store.engine | default "") "sqlite" -}}
{{- if and (eq $sink "file") (hasKey $audit "postgres") -}}
{{- fail "config: audit.sink is file, and there is [audit.postgres]: a trail has one place" -}}
{{- end -}}
{{- if and (eq $sink "postgres") (hasKey $audit "directory") -}}
{{- fail "config: audit.sink is postgres, and there is audit.directory: a trail has one place" -}}
{{- end -}}
{{- if and $sqlite (gt (int .Values.replicas) 1) -}}
{{- fail "config: store.engine is sqlite, which one pod has for itself: with replicas above 1, a user seen by one is unknown to the others; set replicas to 1, or store.engine to postgres" -}}
{{- end -}}
{{- range $config.host -}}
{{- if and (gt (int $.Values.replicas) 1) (not (hasKey $config "tickets")) (or (eq (.deliver | default "") "ticket") (eq (.junction_deliver | default "") "ticket")) -}}
{{- fail (printf "config: host %q gets tickets, and each pod opens its own alone: with replicas above 1, set [tickets] key_files" (.id | default "")) -}}
{{- end -}}
{{- end -}}
{{- $home := include "empego-gateway.home" . -}}
{{- if eq $sink "file" -}}
{{- if not (hasPrefix (printf "%s/" $home) ($audit.directory | default "")) -}}
{{- fail (printf "config: audit.directory is %q: it has to be below %s, where each pod has a disk" ($audit.directory | default "") $home) -}}
{{- end -}}
{{- end -}}
{{- if $sqlite -}}
{{- if not (hasPrefix (printf "%s/" $home) ($store.file | default "")) -}}
{{- fail (printf "config: store.file is %q: it has to be below %s, where each pod has a disk" ($store.file | default "") $home) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $facts "disk" (or (eq $sink "file") $sqlite) -}}
{{- $_ := set $facts "database" (or (eq $sink "postgres") (eq ($store.engine | default "") "postgres")) -}}
{{- toJson $facts -}}
{{- end -}}
