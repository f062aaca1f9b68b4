"""The KPI round: what departments report for 数値目標 and KPI, apart from the list.

``parse`` types the cells, ``schema`` and ``checks`` judge them, ``merge`` unites the departments'
files. What the figures mean is ``figures/indicators.py``.
"""
