# One image for web, worker and beat; see docker-compose.yml and docs/operating.md.
FROM python:3.13-slim

# PDFs are drawn with Pango; the fonts show every script in them.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY . .
# The same set-up as everywhere else: locked packages, then the front-end. What only builds is left out.
RUN bin/_run install && rm -rf node_modules .tools/uv /root/.cache /root/.npm \
    && useradd --system --create-home allclear && install -d -o allclear /data

ENV ALLCLEAR_DATA=/data PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER allclear
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "launcher.web", "--host", "0.0.0.0", "--port", "8000"]
