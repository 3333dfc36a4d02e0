# The application alone; the database is another container (docker-compose.yml).
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PLENARY_HOME=/var/lib/plenary
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY . .
RUN useradd --system --create-home --home-dir /var/lib/plenary plenary
USER plenary
RUN SECRET_KEY=unused DATABASE_URL=postgresql://unused/unused python manage.py collectstatic --no-input
EXPOSE 8000
CMD ["gunicorn", "-c", "config/gunicorn.conf.py", "config.wsgi"]
