"""Evaluate: is it good?"""
