# Drawbridge in a container: docs/run.md. The release of Node is the one of package.json; pin both images by digest where you build.
FROM node:24.21.0-bookworm-slim AS page
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund
COPY src src
COPY board board
# The page of the board, which needs tools that the program does not.
RUN node board/build.ts

FROM node:24.21.0-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing that only tests, the demo, or machines without Node need.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# Nothing that only compilers, browsers, or readers need; licences stay.
RUN find node_modules -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' ')' ! -iname 'licen[cs]e*' ! -iname 'notice*' -delete
RUN find node_modules -type d '(' -path '*/dist/browser' -o -path '*/dist/react-native' -o -path '*/dist/workerd' -o -path '*/@azure/msal-browser' ')' -prune -exec rm -rf '{}' +
COPY LICENSE ./
COPY src src
COPY adapters adapters
COPY manifests manifests
COPY --from=page /app/board/built board/built
# Compiled once, for a start from a file system that cannot be written.
RUN node src/cli/jit.js --help

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libstdc++6 && rm -rf /var/lib/apt/lists/*
COPY --from=install /usr/local/bin/node /usr/local/bin/node
COPY --from=install /app /app
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
