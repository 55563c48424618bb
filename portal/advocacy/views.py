from flask import Blueprint

bp = Blueprint("advocacy", __name__)
