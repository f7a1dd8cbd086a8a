{{- define "parts.name" -}}
{{ .Release.Name }}
{{- end }}
{{- define "parts.image" -}}
{{ .image.repository }}:{{ .image.tag }}
{{- end }}
