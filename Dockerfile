# Drawbridge in a container: docs/run.md. The release of Node is the one of package.json; pin both images by digest where you build.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY CHANGELOG.md LICENSE README.md SECURITY.md drawbridge.example.yaml ./
COPY adapters adapters
COPY board board
COPY docs docs
COPY manifests manifests
COPY pack pack
COPY src src
# The program with all that it loads, in files that need no node_modules.
RUN node pack/compile.ts

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libstdc++6 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /build/dist /app
# Compiled once, for a start from a file system that cannot be written.
RUN node /app/warm.js
RUN groupadd --gid 1000 drawbridge && useradd --uid 1000 --gid 1000 --home-dir /data --create-home drawbridge
ENV NODE_ENV=production DRAWBRIDGE_CONFIG=/etc/drawbridge/drawbridge.yaml
# What the settings keep in .data by default: undo records, the spool of the audit. Nothing else is written.
WORKDIR /data
VOLUME /data
USER 1000:1000
EXPOSE 3978
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(process.env.HEALTH_URL ?? 'http://127.0.0.1:3978/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/src/cli/jit.js"]
CMD ["start"]
